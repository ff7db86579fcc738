import { expect } from 'chai';
import type { Kustomization } from '#api/flux/kustomization.js';
import { instantOf } from '#core/time/instant.js';
import type { KustomizationMemory } from './model/kustomization-run.js';
import { defaultKustomizationSettings, type KustomizationSnapshot } from './model/kustomization-snapshot.js';
import { draftOf } from './model/kustomization-status.js';
import { listLeased } from './leased-fields.js';

const running = [
  {
    group: '',
    kind: 'Service',
    namespace: 'shop',
    name: 'web',
    paths: ['/spec/selector/hash'],
    holder: 'Rollout/shop/web',
  },
];

/** A Kustomization that applied one Service, while these run. */
function snapshotOf(
  releases: KustomizationSnapshot['running'],
  memory: KustomizationMemory,
  status: Kustomization['status'] = {},
): KustomizationSnapshot {
  const inventory = { entries: [{ id: 'shop_web__Service', v: 'v1' }] };
  const sourceRef = { kind: 'GitRepository', name: 'app' } as const;
  return {
    now: instantOf(0),
    object: {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'app', namespace: 'flux-system' },
      spec: { interval: '1m', prune: true, sourceRef },
      status: { ...status, inventory },
    },
    memory,
    source: { subject: 'GitRepository/flux-system/app', isFound: true },
    dependencies: [],
    inputs: [],
    leases: [],
    running: releases,
    rollouts: [],
    watched: new Map(),
    settings: defaultKustomizationSettings,
  };
}

const list = (snapshot: KustomizationSnapshot) =>
  listLeased(snapshot, draftOf(snapshot.object, snapshot.now));

describe('the list of leased fields', () => {
  const note = 'Rollout/shop/web has them while its release runs; returns after promotion';
  const leased = [{ object: 'Service/shop/web', fields: ['/spec/selector/hash'], note }];

  it('names object, fields, whose they are and until when, of the inventory alone', () => {
    expect(list(snapshotOf(running, {})).draft.status.leased).to.deep.equal(leased);
    const elsewhere = running.map((lease) => ({ ...lease, name: 'other' }));
    expect(list(snapshotOf(elsewhere, {})).draft.status).not.to.have.property('leased');
  });

  it('ends with the release', () => {
    expect(list(snapshotOf([], {}, { leased })).draft.status).not.to.have.property('leased');
  });

  it('is said once to a definition that does not keep the field', () => {
    const { memory } = list(snapshotOf(running, {}));
    expect(list(snapshotOf(running, memory)).draft.status).not.to.have.property('leased');
  });
});
