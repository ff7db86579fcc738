import { expect } from 'chai';
import type { KustomizationSpec } from '#api/flux/kustomization.js';
import { expressionProblem, expressionsFor } from './expressions.js';

describe('expressions of health', () => {
  const ofGroup = { apiVersion: 'example.test/v1', current: 'true' };
  const ofKind = { ...ofGroup, kind: 'Widget', failed: 'false' };
  const spec = (healthCheckExprs: KustomizationSpec['healthCheckExprs'] = []): KustomizationSpec => ({
    interval: '1m',
    prune: true,
    sourceRef: { kind: 'GitRepository', name: 'app' },
    healthCheckExprs,
  });

  const cases: readonly [kind: string, apiVersion: string, found: object | undefined][] = [
    ['Widget', 'example.test/v1', ofKind],
    ['Gadget', 'example.test/v2', ofGroup],
    ['Gadget', 'other.test/v1', undefined],
  ];
  for (const [kind, apiVersion, found] of cases) {
    it(`of ${found === ofKind ? 'the kind' : found === undefined ? 'nobody' : 'the group'} hold for ${kind} of ${apiVersion} (flux-semantics 10)`, () => {
      expect(expressionsFor({ apiVersion, kind }, spec([ofGroup, ofKind]))).to.equal(found);
    });
  }

  it('may be there once for a group and once for a kind', () => {
    expect(expressionProblem(spec([ofGroup, ofKind]))).to.equal(undefined);
    expect(expressionProblem(spec([ofGroup, ofGroup]))).to.equal(
      'duplicate healthCheckExprs for example.test/*',
    );
  });
});
