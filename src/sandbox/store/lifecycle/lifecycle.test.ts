import { expect } from 'chai';
import type { UnknownObject } from '#api/k8s/meta.js';
import { instantOf } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { ApiRequest } from '../request.js';
import { createStore, type ApiStore } from '../store.js';
import { collectAllGarbage } from './collect-garbage.js';
import { finalizeNamespace } from './finalize-namespace.js';

const clock: Clock = { now: () => instantOf(1_767_225_600_000), schedule: () => () => undefined };
const maps = { group: '', version: 'v1', resource: 'configmaps', namespace: 'default' } as const;

describe('garbage collection', () => {
  let store: ApiStore;
  beforeEach(() => {
    store = createStore({ clock });
  });

  function create(name: string, owners: readonly UnknownObject[] = [], blocks = true): UnknownObject {
    const ownerReferences = owners.map((owner) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: owner.metadata.name,
      uid: owner.metadata.uid,
      blockOwnerDeletion: blocks,
    }));
    return store.handle({ ...maps, verb: 'create', body: { metadata: { name, ownerReferences } } })
      .body as UnknownObject;
  }
  const drop = (name: string, propagationPolicy: string): unknown =>
    store.handle({ ...maps, verb: 'delete', name, body: { propagationPolicy } }).body;
  const read = (name: string): UnknownObject | undefined =>
    store.view().table.get('configmaps', 'default', name);
  const names = (): string[] =>
    store
      .view()
      .table.list('configmaps', 'default')
      .map((one) => one.metadata.name);

  it('removes what has lost its owner, however deep', () => {
    const owner = create('owner');
    create('grandchild', [create('child', [owner])]);
    drop('owner', 'Background');
    expect(names()).to.deep.equal(['child', 'grandchild']);
    collectAllGarbage(store);
    expect(names()).to.deep.equal([]);
  });

  it('keeps what still has another owner, without the lost one', () => {
    const [a, b] = [create('a'), create('b')];
    create('child', [a, b]);
    drop('a', 'Background');
    collectAllGarbage(store);
    expect(read('child')?.metadata.ownerReferences?.map((one) => one.name)).to.deep.equal(['b']);
  });

  it('holds an owner that goes in the foreground until its dependents are gone', () => {
    const owner = create('owner');
    const child = create('child', [owner]);
    const patch = { verb: 'patch', patchType: 'merge', name: 'child' } as const;
    store.handle({ ...maps, ...patch, body: { metadata: { finalizers: ['sluice.test/hold'] } } });
    drop('owner', 'Foreground');
    collectAllGarbage(store);
    expect(read('owner')?.metadata.finalizers).to.deep.equal(['foregroundDeletion']);
    expect(read('child')?.metadata).to.have.property('deletionTimestamp');
    expect(child.metadata.uid).to.equal(read('child')?.metadata.uid);
    store.handle({ ...maps, ...patch, body: { metadata: { finalizers: null } } });
    collectAllGarbage(store);
    expect(names()).to.deep.equal([]);
  });

  it('leaves dependents alone when they are to be orphaned', () => {
    create('child', [create('owner')]);
    drop('owner', 'Orphan');
    collectAllGarbage(store);
    expect(names()).to.deep.equal(['child']);
    expect(read('child')?.metadata).not.to.have.property('ownerReferences');
  });

  it('finds nothing to do twice', () => {
    create('child', [create('owner')]);
    expect(collectAllGarbage(store)).to.equal(0);
  });
});

describe('the end of a namespace', () => {
  const namespaces: Omit<ApiRequest, 'verb'> = { group: '', version: 'v1', resource: 'namespaces' };

  it('removes the content, then the namespace', () => {
    const store = createStore({ clock });
    store.handle({ ...namespaces, verb: 'create', body: { metadata: { name: 'shop' } } });
    const shop = { ...maps, namespace: 'shop' };
    store.handle({
      ...shop,
      verb: 'create',
      body: { metadata: { name: 'a', finalizers: ['sluice.test/hold'] } },
    });
    store.handle({ ...shop, verb: 'create', body: { metadata: { name: 'b' } } });
    expect(finalizeNamespace(store, 'shop')).to.deep.equal({ kind: 'active' });
    store.handle({ ...namespaces, verb: 'delete', name: 'shop' });
    const refused = store.handle({ ...shop, verb: 'create', body: { metadata: { name: 'c' } } });
    expect(refused.code).to.equal(403);
    expect(finalizeNamespace(store, 'shop')).to.deep.equal({ kind: 'waiting', remaining: 1 });
    expect(store.view().table.get('namespaces', '', 'shop')?.['status']).to.deep.equal({
      phase: 'Terminating',
    });
    store.handle({
      ...shop,
      verb: 'patch',
      patchType: 'merge',
      name: 'a',
      body: { metadata: { finalizers: null } },
    });
    expect(finalizeNamespace(store, 'shop')).to.deep.equal({ kind: 'gone' });
    expect(store.view().table.get('namespaces', '', 'shop')).to.equal(undefined);
  });
});

describe('determinism', () => {
  it('gives the same uids, names and versions for the same seed', () => {
    const run = (seed: number): string => {
      const store = createStore({ clock, seed });
      const made = [1, 2].map(
        () => store.handle({ ...maps, verb: 'create', body: { metadata: { generateName: 'a-' } } }).body,
      );
      return JSON.stringify(made);
    };
    expect(run(1)).to.equal(run(1));
    expect(run(1)).not.to.equal(run(2));
  });
});
