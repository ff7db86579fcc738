import { expect } from 'chai';
import type { KubeObject, ManagedFieldsEntry } from '#api/k8s/meta.js';
import { takenManagers, takeOver } from './field-managers.js';

type Entry = Partial<ManagedFieldsEntry> & Pick<ManagedFieldsEntry, 'manager' | 'operation'>;

const field = (name: string) => ({ 'f:data': { [`f:${name}`]: {} } });
const entry = (given: Entry): ManagedFieldsEntry => ({
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: field('x'),
  ...given,
});
const ours = entry({ manager: 'kustomize-controller', operation: 'Apply', fieldsV1: field('own') });

function live(managedFields: readonly ManagedFieldsEntry[], more: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'shop', resourceVersion: '7', managedFields, ...more },
  };
}
const desired = live([]);

describe('fields of other managers (flux-semantics 8.10)', () => {
  const rows: readonly (readonly [entry: Entry, isTaken: boolean])[] = [
    [{ manager: 'kubectl', operation: 'Update' }, true],
    [{ manager: 'kubectl-client-side-apply', operation: 'Update' }, true],
    [{ manager: 'kubectl-edit', operation: 'Update' }, true],
    [{ manager: 'kubectl', operation: 'Apply' }, true],
    [{ manager: 'before-first-apply', operation: 'Update' }, true],
    [{ manager: 'before-first-apply', operation: 'Apply' }, false],
    [{ manager: 'kustomize-controller', operation: 'Update' }, true],
    [{ manager: 'argocd', operation: 'Update' }, true],
    [{ manager: 'argocd', operation: 'Apply' }, true],
    [{ manager: 'flux-client-side-apply', operation: 'Update' }, false],
    [{ manager: 'kube-controller-manager', operation: 'Update' }, false],
    [{ manager: 'my-operator', operation: 'Apply' }, false],
    [{ manager: 'kubectl', operation: 'Update', subresource: 'scale' }, false],
    [{ manager: 'kustomize-controller', operation: 'Update', subresource: 'status' }, false],
  ];
  for (const [given, isTaken] of rows) {
    const what = [given.manager, given.operation, given.subresource ?? []].flat().join('/');
    it(`${isTaken ? 'become ours' : 'stay'}: ${what}`, () => {
      const other = entry(given);
      const patch = takeOver(live([ours, other]), desired, ['argocd']);
      if (!isTaken) {
        expect(patch).to.deep.equal([]);
        return;
      }
      const both = { ...ours, fieldsV1: { 'f:data': { 'f:own': {}, 'f:x': {} } } };
      expect(patch).to.deep.equal([
        { op: 'replace', path: '/metadata/managedFields', value: [both] },
        { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
      ]);
    });
  }

  it('become ours together, while those of others stay beside', () => {
    const hpa = entry({ manager: 'kube-controller-manager', operation: 'Update', fieldsV1: field('hpa') });
    const hands = ['kubectl-edit', 'kubectl-patch'].map((manager) =>
      entry({ manager, operation: 'Update', fieldsV1: field(manager) }),
    );
    const [folding] = takeOver(live([hands[0]!, hpa, hands[1]!]), desired);
    expect(folding?.value).to.deep.equal([
      {
        manager: 'kustomize-controller',
        operation: 'Apply',
        apiVersion: 'v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:kubectl-edit': {}, 'f:kubectl-patch': {} } },
      },
      hpa,
    ]);
    expect(takenManagers(live([ours, ...hands, hpa]))).to.deep.equal(['kubectl-edit', 'kubectl-patch']);
  });

  const left: readonly (readonly ['annotations' | 'labels', string, string])[] = [
    [
      'annotations',
      'kubectl.kubernetes.io/last-applied-configuration',
      'kubectl.kubernetes.io~1last-applied-configuration',
    ],
    ['annotations', 'kustomize.toolkit.fluxcd.io/checksum', 'kustomize.toolkit.fluxcd.io~1checksum'],
    ['annotations', 'fluxcd.io/sync-checksum', 'fluxcd.io~1sync-checksum'],
    ['labels', 'fluxcd.io/sync-gc-mark', 'fluxcd.io~1sync-gc-mark'],
  ];
  for (const [map, key, path] of left) {
    it(`are followed by what they leave behind: ${key}`, () => {
      expect(takeOver(live([ours], { [map]: { [key]: '1', kept: '1' } }), desired)).to.deep.equal([
        { op: 'remove', path: `/metadata/${map}/${path}` },
        { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
      ]);
    });
  }

  for (const where of ['desired', 'live'] as const) {
    it(`stay when the ${where} object asks for ssa: Merge`, () => {
      const merge = { annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'merge' } };
      const byHand = [ours, entry({ manager: 'kubectl', operation: 'Update' })];
      const pair = where === 'live' ? [live(byHand, merge), desired] : [live(byHand), live([], merge)];
      expect(takeOver(pair[0]!, pair[1]!)).to.deep.equal([]);
    });
  }
});
