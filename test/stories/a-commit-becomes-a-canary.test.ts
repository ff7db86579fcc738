import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { rolloutOf, shopFromGit, shopManifests, weightsOf } from './shop-from-git.js';
import { namespace } from './world.js';

const route = { namespace, name: 'web' };

describe('a commit becomes a canary', () => {
  it('and the reconciler looks on without touching what the release owns', async () => {
    const world = await shopFromGit();
    const { clock, kube } = world.sandbox;
    const rollout = () => rolloutOf(world);
    expect((await rollout()).status?.phase).to.equal('Healthy');
    expect(await weightsOf(world)).to.deep.equal([100, 0]);
    world.git.commit('refs/heads/main', 'two', shopManifests('web:2'));
    await clock.advance(45_000);
    expect(await weightsOf(world)).to.deep.equal([80, 20]);
    expect((await rollout()).status?.phase).to.equal('Paused');

    world.writes.length = 0;
    const told = await world.events('Kustomization');
    const selectors = async () =>
      (await kube.list(kinds.service, { namespace })).items.map((service) => service['spec']);
    const before = await selectors();
    await clock.advance(100_000);
    expect(await weightsOf(world)).to.deep.equal([80, 20]);
    expect(await selectors()).to.deep.equal(before);
    expect(world.writes).to.deep.equal([]);

    await clock.advance(120_000);
    expect((await rollout()).status?.phase).to.equal('Healthy');
    expect((await rollout()).status?.stableRS).to.equal((await rollout()).status?.currentPodHash);
    expect(await weightsOf(world)).to.deep.equal([100, 0]);
    // What was leased is off the list.
    expect(world.writes).to.deep.equal(['Kustomization/flux-system/app']);
    expect(await world.events('Kustomization')).to.deep.equal(told);
    expect(told.filter((text) => text.includes('configured'))).to.deep.equal([
      'Progressing: Rollout/shop/web configured',
    ]);
    expect(world.failures).to.deep.equal([]);
  });

  it('and a weight that a person moves is put back by the release, not by the reconciler', async () => {
    const world = await shopFromGit();
    const { clock, kube } = world.sandbox;
    world.git.commit('refs/heads/main', 'two', shopManifests('web:2'));
    await clock.advance(45_000);
    world.writes.length = 0;
    const kind = await kube.resolve('networking.istio.io/v1', 'VirtualService');
    if (kind === undefined) throw new Error('VirtualService is not served');
    const moved = ['web', 'web-canary'].map((host) => ({ destination: { host }, weight: 50 }));
    const body = { spec: { http: [{ name: 'primary', route: moved }] } };
    await kube.patch({ kind, ...route }, { type: 'merge', body }, { fieldManager: 'kubectl-edit' });
    await clock.advance(30_000);
    expect(await weightsOf(world)).to.deep.equal([80, 20]);
    expect(world.writes).to.deep.equal([]);
    expect((await world.events('Kustomization')).filter((text) => text.includes('kubectl'))).to.deep.equal(
      [],
    );
  });
});
