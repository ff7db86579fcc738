import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { createRolloutController } from '#controllers/rollout/index.js';
import { printYaml } from '#core/yaml/yaml.js';
import { GitopsWorld } from '../fakes/gitops-world.js';
import { createSilentLog } from '../fakes/silent-log.js';
import { routedBy, shopObjects } from './shop.js';
import { namespace } from './world.js';

const steps = [
  { setWeight: 20 },
  { pause: { duration: '2m' } },
  { setWeight: 60 },
  { pause: { duration: '10s' } },
];

function manifests(image: string): Record<string, string> {
  const objects: readonly KubeObject[] = shopObjects({
    image,
    router: 'istio',
    strategy: { canary: { ...routedBy('istio'), steps } },
  });
  return { 'app.yaml': objects.map((object) => printYaml(object)).join('---\n') };
}

/** Git, the reconciler and the rollout controller in one cluster; the Kustomization looks every 20 seconds. */
async function shopFromGit() {
  const world = new GitopsWorld();
  const { engine, clock, kube, events } = world.sandbox;
  const deps = { cache: engine.cache, kube: engine.ownWrites(kube), clock, log: createSilentLog(), events };
  engine.start(createRolloutController(deps, { watches: engine }));
  world.git.commit('refs/heads/main', 'one', manifests('web:1'));
  await world.createSource({ interval: '30s' });
  await world.createKustomization({ interval: '20s' });
  await clock.advance(60_000);
  return world;
}

const route = { namespace, name: 'web' };

async function weights(world: GitopsWorld): Promise<readonly unknown[]> {
  const kind = await world.sandbox.kube.resolve('networking.istio.io/v1', 'VirtualService');
  if (kind === undefined) throw new Error('VirtualService is not served');
  const found = await world.sandbox.kube.get<KubeObject & { spec: IstioSpec }>({ kind, ...route });
  return found?.spec.http[0]?.route.map(({ weight }) => weight) ?? [];
}

interface IstioSpec {
  readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[];
}

describe('a commit becomes a canary', () => {
  it('and the reconciler looks on without touching what the release owns', async () => {
    const world = await shopFromGit();
    const { clock, kube } = world.sandbox;
    const rollout = () => kube.get<Rollout>({ kind: kinds.rollout, ...route });
    expect((await rollout())?.status?.phase).to.equal('Healthy');
    expect(await weights(world)).to.deep.equal([100, 0]);
    world.git.commit('refs/heads/main', 'two', manifests('web:2'));
    await clock.advance(45_000);
    expect(await weights(world)).to.deep.equal([80, 20]);
    expect((await rollout())?.status?.phase).to.equal('Paused');

    world.writes.length = 0;
    const told = await world.events('Kustomization');
    const selectors = async () =>
      (await kube.list(kinds.service, { namespace })).items.map((service) => service['spec']);
    const before = await selectors();
    await clock.advance(100_000);
    expect(await weights(world)).to.deep.equal([80, 20]);
    expect(await selectors()).to.deep.equal(before);
    expect(world.writes).to.deep.equal([]);

    await clock.advance(120_000);
    expect((await rollout())?.status?.phase).to.equal('Healthy');
    expect((await rollout())?.status?.stableRS).to.equal((await rollout())?.status?.currentPodHash);
    expect(await weights(world)).to.deep.equal([100, 0]);
    expect(world.writes).to.deep.equal([]);
    expect(await world.events('Kustomization')).to.deep.equal(told);
    expect(told.filter((text) => text.includes('configured'))).to.deep.equal([
      'Progressing: Rollout/shop/web configured',
    ]);
    expect(world.failures).to.deep.equal([]);
  });

  it('and a weight that a person moves is put back by the release, not by the reconciler', async () => {
    const world = await shopFromGit();
    const { clock, kube } = world.sandbox;
    world.git.commit('refs/heads/main', 'two', manifests('web:2'));
    await clock.advance(45_000);
    world.writes.length = 0;
    const kind = await kube.resolve('networking.istio.io/v1', 'VirtualService');
    if (kind === undefined) throw new Error('VirtualService is not served');
    const moved = ['web', 'web-canary'].map((host) => ({ destination: { host }, weight: 50 }));
    const body = { spec: { http: [{ name: 'primary', route: moved }] } };
    await kube.patch({ kind, ...route }, { type: 'merge', body }, { fieldManager: 'kubectl-edit' });
    await clock.advance(30_000);
    expect(await weights(world)).to.deep.equal([80, 20]);
    expect(world.writes).to.deep.equal([]);
    expect((await world.events('Kustomization')).filter((text) => text.includes('kubectl'))).to.deep.equal(
      [],
    );
  });
});
