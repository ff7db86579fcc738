import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { Kube } from '#ports/kube.js';
import { createStoreKube } from '#sandbox/kube/store-kube.js';
import { createStore } from '#sandbox/store/store.js';
import { createManualClock } from '#test/fakes/manual-clock.js';
import { applyIfChanged } from './apply-if-changed.js';
import { addFinalizer, removeFinalizer } from './finalizers.js';
import { writeStatusIfChanged } from './write-status.js';

const manifest = (data: Record<string, string>): UnknownObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name: 'web' },
  data,
});
const key = { kind: kinds.configMap, namespace: 'default', name: 'web' };

function world(): { readonly kube: Kube; readonly version: () => Promise<string | undefined> } {
  const kube = createStoreKube(createStore({ clock: createManualClock(Date.UTC(2026, 0, 1)) }));
  return { kube, version: async () => (await kube.get(key))?.metadata.resourceVersion };
}

describe('apply', () => {
  it('creates, then writes nothing, then configures', async () => {
    const { kube, version } = world();
    const apply = async (data: Record<string, string>) =>
      (await applyIfChanged(kube, manifest(data), { fieldManager: 'me' })).result;
    expect(await apply({ a: '1' })).to.equal('created');
    const before = await version();
    expect(await apply({ a: '1' })).to.equal('unchanged');
    expect(await version()).to.equal(before);
    expect(await apply({ a: '2' })).to.equal('configured');
    expect(await apply({})).to.equal('configured');
    expect((await kube.get(key))?.['data'] ?? {}).to.deep.equal({});
  });

  it('leaves the fields of others alone and does not count them as a change', async () => {
    const { kube } = world();
    await applyIfChanged(kube, manifest({ a: '1' }), { fieldManager: 'me' });
    await kube.patch(key, { type: 'merge', body: { data: { theirs: 'x' } } }, { fieldManager: 'they' });
    const again = await applyIfChanged(kube, manifest({ a: '1' }), { fieldManager: 'me' });
    expect(again.result).to.equal('unchanged');
  });

  it('refuses to take a field from another manager unless forced', async () => {
    const { kube } = world();
    await applyIfChanged(kube, manifest({ a: '1' }), { fieldManager: 'they' });
    const taken: unknown = await applyIfChanged(kube, manifest({ a: '2' }), { fieldManager: 'me' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(taken).to.include({ code: 'KubeApplyConflict' });
    const forced = await applyIfChanged(kube, manifest({ a: '2' }), { fieldManager: 'me', force: true });
    expect(forced.result).to.equal('configured');
  });

  it('says which kind is not served', async () => {
    const unknown = { apiVersion: 'x.io/v1', kind: 'Thing', metadata: { name: 'a' } };
    const error: unknown = await applyIfChanged(world().kube, unknown, { fieldManager: 'me' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.include({ code: 'KubeNoSuchKind' });
  });
});

describe('status writes', () => {
  it('patches what differs, writes nothing when nothing does, and refuses a stale object', async () => {
    const { kube } = world();
    const pod = await kube.create(kinds.pod, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', name: 'p' },
      spec: { containers: [{ name: 'a', image: 'a' }] },
    } as never);
    const read = pod as UnknownObject & { readonly status?: unknown };
    const first = await writeStatusIfChanged(kube, kinds.pod, read, { phase: 'Running', reason: 'x' });
    const same = await writeStatusIfChanged(kube, kinds.pod, first, { phase: 'Running', reason: 'x' });
    expect(same).to.equal(first);
    const second = await writeStatusIfChanged(kube, kinds.pod, first, { phase: 'Running' });
    expect(second['status']).to.deep.equal({ phase: 'Running' });
    const stale: unknown = await writeStatusIfChanged(kube, kinds.pod, first, { phase: 'Failed' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(stale).to.include({ code: 'KubeConflict' });
  });
});

describe('finalizers', () => {
  it('are added once, and their removal lets a deleted object go', async () => {
    const { kube } = world();
    await kube.create(kinds.configMap, manifest({}));
    const object = await kube.get(key);
    if (object === undefined) throw new Error('not created');
    const held = await addFinalizer(kube, kinds.configMap, object, 'sluice.test/hold');
    expect(await addFinalizer(kube, kinds.configMap, held, 'sluice.test/hold')).to.equal(held);
    await kube.delete(key);
    const dying = await kube.get(key);
    if (dying === undefined) throw new Error('gone too early');
    expect(await removeFinalizer(kube, kinds.configMap, dying, 'sluice.test/hold')).to.equal(undefined);
    expect(await kube.get(key)).to.equal(undefined);
    expect(await removeFinalizer(kube, kinds.configMap, dying, 'sluice.test/hold')).to.equal(undefined);
  });
});
