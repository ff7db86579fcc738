import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const configMap = (name: string, data: Record<string, string>) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: ${JSON.stringify(data)}\n`;

describe('Kustomization over a GitRepository', () => {
  it('applies a commit, then the next one, and deletes what left the source', async () => {
    const world = new GitopsWorld();
    const first = world.git.commit('refs/heads/main', 'one', {
      'deploy/a.yaml': configMap('a', { v: '1' }),
      'deploy/b.yaml': configMap('b', { v: '1' }),
    });
    await world.createSource();
    await world.createKustomization({ path: './deploy' });
    await world.sandbox.clock.settle();
    expect(world.failures).to.deep.equal([]);
    expect(world.condition(await world.source(), 'Ready')).to.equal(
      `True Succeeded: stored artifact for revision 'main@sha1:${first}'`,
    );
    const applied = await world.kustomization();
    expect(world.condition(applied, 'Ready')).to.equal(
      `True ReconciliationSucceeded: Applied revision: main@sha1:${first}`,
    );
    expect(applied.status?.inventory?.entries).to.deep.equal([
      { id: 'shop_a__ConfigMap', v: 'v1' },
      { id: 'shop_b__ConfigMap', v: 'v1' },
    ]);
    expect(await world.events('Kustomization')).to.include(
      'Progressing: ConfigMap/shop/a created\nConfigMap/shop/b created',
    );

    world.git.commit('refs/heads/main', 'two', { 'deploy/a.yaml': configMap('a', { v: '2' }) });
    await world.sandbox.clock.advance(60_000);
    expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: '2' });
    expect(await world.find(kinds.configMap, 'b', 'shop')).to.equal(undefined);
    expect(await world.events('Kustomization')).to.include(
      'Progressing: ConfigMap/shop/a configured\nConfigMap/shop/b deleted',
    );
  });

  it('writes nothing when nothing changed, also after a restart', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', { v: '1' }) });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.settle();
    const before = world.sandbox.journal().length;
    await world.sandbox.clock.advance(3_600_000);
    world.startControllers();
    await world.sandbox.clock.settle();
    expect(world.sandbox.journal().slice(before)).to.deep.equal([]);
    expect(world.git.calls.filter((call) => call.startsWith('fetch'))).to.have.length(1);
  });

  it('puts back what somebody changed or deleted', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', { v: '1' }) });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.settle();
    const key = { kind: kinds.configMap, namespace: 'shop', name: 'a' };
    await world.sandbox.kube.patch(key, { type: 'merge', body: { data: { v: 'mine' } } });
    await world.sandbox.clock.advance(10_000);
    expect((await world.sandbox.kube.get(key))?.['data']).to.deep.equal({ v: '1' });
    await world.sandbox.kube.delete(key);
    await world.sandbox.clock.advance(10_000);
    expect((await world.sandbox.kube.get(key))?.['data']).to.deep.equal({ v: '1' });
  });

  it('deletes what it applied when it is deleted itself', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', { v: '1' }) });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.settle();
    await world.sandbox.kube.delete({ kind: kinds.kustomization, namespace: 'flux-system', name: 'app' });
    await world.sandbox.clock.settle();
    expect(await world.find(kinds.configMap, 'a', 'shop')).to.equal(undefined);
    expect(await world.find(kinds.kustomization, 'app', 'flux-system')).to.equal(undefined);
  });
});
