import { expect } from 'chai';
import { objectSchema } from '../crd.js';
import { kindDefinitions } from '../definitions.js';
import { findUnknownFields } from './unknown-fields.js';

describe('unknown fields', () => {
  const rollout = kindDefinitions.find(({ kind }) => kind.kind === 'Rollout')!;
  const find = (spec: unknown) =>
    findUnknownFields(objectSchema(rollout), { kind: 'Rollout', metadata: { name: 'a', labels: {} }, spec });

  it('are found by path, in lists and maps too', () => {
    const step = { setHeaderRoute: { name: 'a', matches: [] } };
    expect(find({ replica: 1, strategy: { canary: { steps: [{ setWeight: 5 }, step] } } })).to.deep.equal([
      'spec.replica',
      'spec.strategy.canary.steps[1].setHeaderRoute.matches',
    ]);
  });

  it('are none where they are kept', () => {
    const template = {
      metadata: { labels: { app: 'web' }, x: 1 },
      spec: { containers: [{ name: 'a', y: { z: 1 } }] },
    };
    expect(find({ template, selector: { matchLabels: { app: 'web' } } })).to.deep.equal([]);
  });
});
