import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { objectAt } from '#core/json/read.js';
import { addMs } from '#core/time/instant.js';
import { dyingKube } from '../fakes/dying-kube.js';
import { templateOf } from './shop.js';
import { deployment, deploymentOf, lendingDeployment, liveShop, migrate } from './migration.js';
import { namespace, type StoryWorld } from './world.js';

const rolloutKey = { kind: kinds.rollout, namespace, name: 'web' };
const inline = {
  workloadRef: null,
  template: templateOf('web:1'),
  selector: { matchLabels: { app: 'web' } },
};

async function migrated(scaleDown = 'onsuccess'): Promise<StoryWorld> {
  const world = await liveShop();
  await migrate(world, { scaleDown });
  await world.sandbox.clock.advance(30_000);
  expect(await size(world)).to.equal(0);
  return world;
}

async function size(world: StoryWorld): Promise<number> {
  return (await deployment(world)).spec.replicas ?? 1;
}

async function expectUnmarked(world: StoryWorld): Promise<void> {
  const { metadata } = await deployment(world);
  const keys = [...Object.keys(metadata.labels ?? {}), ...Object.keys(metadata.annotations ?? {})];
  expect(keys.filter((key) => key.startsWith('sluice.dev/'))).to.deep.equal([]);
}

describe('a Deployment that was scaled down for a Rollout (3855, 4321)', () => {
  for (const propagationPolicy of ['Background', 'Foreground', 'Orphan'] as const) {
    it(`comes back when the Rollout is deleted (${propagationPolicy})`, async () => {
      const world = await migrated();
      await world.sandbox.kube.delete(rolloutKey, { propagationPolicy });
      await world.sandbox.clock.advance(20_000);
      expect(await size(world)).to.equal(4);
      await expectUnmarked(world);
      const ready = (await world.pods()).filter(({ metadata }) => metadata.name.startsWith('web-old'));
      expect(ready).to.have.length(4);
      expect(world.failures).to.deep.equal([]);
    });
  }

  it('comes back when the Rollout went while no controller ran', async () => {
    const world = await migrated();
    world.sandbox.engine.stop('rollout');
    await world.sandbox.kube.delete(rolloutKey);
    await world.sandbox.clock.advance(20_000);
    expect(await size(world)).to.equal(0);
    world.restart();
    await world.sandbox.clock.advance(5_000);
    expect(await size(world)).to.equal(4);
    await expectUnmarked(world);
  });

  it('comes back when the template becomes inline, and the Rollout keeps its pods', async () => {
    const world = await migrated();
    await world.patch(kinds.rollout, 'web', { spec: inline });
    await world.sandbox.clock.advance(10_000);
    expect(await size(world)).to.equal(4);
    await expectUnmarked(world);
    expect((await world.rollout()).status.availableReplicas).to.equal(4);
  });

  it('comes back when the reference is taken away and nothing else is left to follow', async () => {
    const world = await migrated();
    await world.patch(kinds.rollout, 'web', { spec: { workloadRef: null } });
    await world.sandbox.clock.advance(10_000);
    expect((await world.rollout()).status.phase).to.equal('Degraded');
    expect(await size(world)).to.equal(4);
  });

  it('comes back when the Rollout refers to another one, which goes down then', async () => {
    const world = await migrated();
    const other = deploymentOf(2);
    await world.sandbox.kube.create(kinds.deployment, { ...other, metadata: { name: 'web-new', namespace } });
    await world.sandbox.clock.advance(5_000);
    await world.patch(kinds.rollout, 'web', {
      spec: { workloadRef: { ...lendingDeployment, name: 'web-new' } },
    });
    await world.sandbox.clock.advance(20_000);
    expect(await size(world)).to.equal(4);
    const next = await world.get(kinds.deployment, 'web-new');
    expect(objectAt(next, 'spec')['replicas']).to.equal(0);
  });

  it('stays down while the Rollout merely says never, and comes back with its end', async () => {
    const world = await migrated();
    await world.patch(kinds.rollout, 'web', { spec: { workloadRef: { scaleDown: 'never' } } });
    await world.sandbox.clock.advance(10_000);
    expect(await size(world)).to.equal(0);
    await world.sandbox.kube.delete(rolloutKey);
    await world.sandbox.clock.advance(5_000);
    expect(await size(world)).to.equal(4);
  });

  it('keeps what somebody gave it since', async () => {
    const world = await migrated();
    await world.patch(kinds.rollout, 'web', { spec: { workloadRef: { scaleDown: 'never' } } });
    await world.patch(kinds.deployment, 'web-old', { spec: { replicas: 2 } });
    await world.sandbox.kube.delete(rolloutKey);
    await world.sandbox.clock.advance(5_000);
    expect(await size(world)).to.equal(2);
    await expectUnmarked(world);
  });

  it('comes back half-way too', async () => {
    const world = await liveShop();
    await migrate(world, { scaleDown: 'progressively' });
    for (const pod of await world.pods()) {
      const isOwn = pod.metadata.labels?.['rollouts-pod-template-hash'] !== undefined;
      if (isOwn) world.sandbox.pods.setReady(pod, false);
    }
    const [first] = (await world.pods()).filter(
      ({ metadata }) => metadata.labels?.['rollouts-pod-template-hash'] !== undefined,
    );
    if (first !== undefined) world.sandbox.pods.setReady(first, true);
    await world.sandbox.clock.advance(5_000);
    expect(await size(world)).to.equal(3);
    await world.sandbox.kube.delete(rolloutKey);
    await world.sandbox.clock.advance(5_000);
    expect(await size(world)).to.equal(4);
  });

  it('ends the same whenever the controller is killed on the way', async () => {
    for (let crashAfter = 1; ; crashAfter++) {
      const { writes, down, up } = await migrateAndBack(crashAfter);
      expect([down, up], `killed after write ${crashAfter}`).to.deep.equal([0, 4]);
      if (writes < crashAfter) return;
    }
  }).timeout(60_000);
});

/** Migrates and deletes with a controller that is killed after a write; sizes of the Deployment then and in the end. */
async function migrateAndBack(crashAfter: number) {
  let writes = () => 0;
  let isFirst = true;
  const world: StoryWorld = await liveShop({
    isBare: true,
    wrapKube: (kube) => {
      if (!isFirst) return kube;
      isFirst = false;
      const restart = () => world.restart();
      const dying = dyingKube(kube, crashAfter, () => {
        world.sandbox.clock.schedule(addMs(world.sandbox.clock.now(), 1_500), restart);
      });
      writes = dying.writes;
      return dying.kube;
    },
  });
  await migrate(world, { scaleDown: 'progressively' });
  await world.sandbox.clock.advance(30_000);
  const down = await size(world);
  await world.sandbox.kube.delete(rolloutKey);
  await world.sandbox.clock.advance(10_000);
  return { writes: writes(), down, up: await size(world) };
}
