import { expect } from 'chai';
import type { Pod } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { numberAt, objectAt, textAt } from '#core/json/read.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { isReady } from '#sandbox/workloads/pod-state.js';
import { templateOf } from './shop.js';
import { deployment, lendingDeployment, liveShop, migrate } from './migration.js';
import { namespace, type StoryWorld } from './world.js';

const slowly = { 'web:*': { readyAfterMs: 3_000 } };

const strategies = {
  canary: { canary: { stableService: 'web', canaryService: 'web-canary' } },
  'blue-green': { blueGreen: { activeService: 'web', previewService: 'web-canary' } },
};

/** The pods of the Rollout. */
async function own(world: StoryWorld): Promise<readonly Pod[]> {
  return (await world.pods()).filter(
    ({ metadata }) => metadata.labels?.['rollouts-pod-template-hash'] !== undefined,
  );
}

/** The pods of the Rollout that are there do not get ready by themselves. */
async function holdBack(world: StoryWorld): Promise<void> {
  for (const pod of await own(world)) world.sandbox.pods.setReady(pod, false);
}

/** The moments at which Services are pointed at pods of the Rollout. */
function adoptions(world: StoryWorld): string[] {
  const told: string[] = [];
  const ready = new Set<string>();
  world.sandbox.store.onChange(({ before, after }) => {
    const object = after ?? before;
    if (object?.kind === 'Pod' && object.metadata.labels?.['rollouts-pod-template-hash'] !== undefined) {
      if (after !== undefined && isReady(after as unknown as Pod)) ready.add(object.metadata.name);
      else ready.delete(object.metadata.name);
    }
    const hash = (service: unknown) =>
      textAt(objectAt(objectAt(service, 'spec'), 'selector'), 'rollouts-pod-template-hash');
    if (after?.kind === 'Service' && hash(after) !== hash(before)) {
      told.push(`${after.metadata.name} with ${ready.size} ready pods`);
    }
  });
  return told;
}

/** May not write Deployments. */
function withoutRights(kube: Kube): Kube {
  return {
    ...kube,
    patch: (key, patch, options) =>
      key.kind === kinds.deployment
        ? Promise.reject(new AppError('KubeForbidden', 'deployments: patch is forbidden'))
        : kube.patch(key, patch, options),
  };
}

async function replicas(world: StoryWorld): Promise<number> {
  return (await deployment(world)).spec.replicas ?? 1;
}

function marks({ metadata }: KubeObject): readonly (string | undefined)[] {
  const read = (key: string) => metadata.annotations?.[`sluice.dev/scaled-down-${key}`];
  return [metadata.labels?.['sluice.dev/scaled-down'], read('by'), read('from'), read('to')];
}

/** Every size that the Deployment is given from now on, with the phase that the Rollout had. */
function sizes(world: StoryWorld): number[] {
  const seen: number[] = [];
  world.sandbox.store.onChange(({ before, after }) => {
    if (after?.kind !== 'Deployment') return;
    const size = (object: unknown) => numberAt(objectAt(object, 'spec'), 'replicas');
    if (size(after) !== size(before)) seen.push(size(after) ?? 1);
  });
  return seen;
}

/** The fewest ready pods of the shop that ever were from now on. */
function fewestReady(world: StoryWorld): () => number {
  const ready = new Set<string>();
  let fewest = Number.POSITIVE_INFINITY;
  const note = (pod: Pod, isThere: boolean) => {
    const counts = isThere && isReady(pod) && pod.metadata.deletionTimestamp === undefined;
    if (counts) ready.add(pod.metadata.name);
    else ready.delete(pod.metadata.name);
  };
  const { table } = world.sandbox.store.view();
  for (const object of table.storageKeys().flatMap((key) => table.list(key, undefined))) {
    if (object.kind === 'Pod') note(object as unknown as Pod, true);
  }
  fewest = ready.size;
  world.sandbox.store.onChange(({ before, after }) => {
    const pod = after ?? before;
    if (pod?.kind !== 'Pod') return;
    note(pod as unknown as Pod, after !== undefined);
    fewest = Math.min(fewest, ready.size);
  });
  return () => fewest;
}

const autoscaler: KubeObject & { readonly spec: unknown } = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web-old', namespace },
  spec: { scaleTargetRef: lendingDeployment, minReplicas: 2, maxReplicas: 9 },
};

describe('workloadRef.scaleDown (rollout-semantics 3)', () => {
  for (const scaleDown of [undefined, 'never']) {
    it(`${scaleDown ?? 'absent'}: leaves the Deployment alone`, async () => {
      const world = await liveShop();
      await migrate(world, scaleDown === undefined ? {} : { scaleDown });
      await world.sandbox.clock.advance(60_000);
      expect(await replicas(world)).to.equal(4);
      expect(marks(await deployment(world))).to.deep.equal([undefined, undefined, undefined, undefined]);
    });
  }

  it('onsuccess: empties the Deployment once, when the Rollout is healthy', async () => {
    const world = await liveShop({ images: slowly });
    const seen = sizes(world);
    const least = fewestReady(world);
    await migrate(world, { scaleDown: 'onsuccess' });
    await world.sandbox.clock.advance(2_500);
    expect(await replicas(world)).to.equal(4);
    await world.sandbox.clock.advance(30_000);
    expect(seen).to.deep.equal([0]);
    expect(least()).to.equal(4);
    expect(marks(await deployment(world))).to.deep.equal(['true', 'web', '4', '0']);
    expect(world.failures).to.deep.equal([]);
  });

  for (const [name, strategy] of Object.entries(strategies)) {
    it(`progressively, ${name}: keeps as many pods as the Rollout lacks, and nobody loses one on the way (5.5)`, async () => {
      const world = await liveShop();
      const seen = sizes(world);
      const least = fewestReady(world);
      const adopted = adoptions(world);
      let [switched, emptied] = [0, 0];
      world.sandbox.store.onChange(() => {
        const now = world.sandbox.clock.now();
        if (adopted.length > 0 && switched === 0) switched = now;
        if (seen.at(-1) === 0 && emptied === 0) emptied = now;
      });
      await migrate(world, { scaleDown: 'progressively', strategy });
      await holdBack(world);
      await world.sandbox.clock.advance(5_000);
      expect(seen).to.deep.equal([]);
      for (const pod of await own(world)) {
        world.sandbox.pods.setReady(pod, true);
        await world.sandbox.clock.advance(5_000);
      }
      expect(seen).to.deep.equal([3, 2, 1, 0]);
      expect(least()).to.equal(4);
      expect(adopted).to.include('web with 4 ready pods');
      expect(emptied - switched).to.be.at.least(1_000);
      expect((await world.rollout()).status.phase).to.equal('Healthy');
      expect(marks(await deployment(world))).to.deep.equal(['true', 'web', '4', '0']);
    });
  }

  it('progressively: remembers what there was although its cache lags', async () => {
    const world = await liveShop({ lagMs: 700 });
    const seen = sizes(world);
    const least = fewestReady(world);
    await migrate(world, { scaleDown: 'progressively' });
    await world.sandbox.clock.advance(700);
    await holdBack(world);
    for (const pod of await own(world)) {
      world.sandbox.pods.setReady(pod, true);
      await world.sandbox.clock.advance(5_000);
    }
    expect(seen).to.deep.equal([3, 2, 1, 0]);
    expect(least()).to.equal(4);
    expect(marks(await deployment(world))).to.deep.equal(['true', 'web', '4', '0']);
  });

  it('progressively: gives pods back while the first revision loses its own, up to what there was', async () => {
    const world = await liveShop({ replicas: 2 });
    const seen = sizes(world);
    await migrate(world, { scaleDown: 'progressively' });
    await holdBack(world);
    const [a, b, c] = await own(world);
    const make = async (ready: boolean, ...pods: readonly (Pod | undefined)[]) => {
      for (const pod of pods) if (pod !== undefined) world.sandbox.pods.setReady(pod, ready);
      await world.sandbox.clock.advance(5_000);
    };
    await make(true, a, b, c);
    await make(false, a, b, c);
    expect(seen).to.deep.equal([1, 2]);
    await make(true, ...(await own(world)));
    expect(seen).to.deep.equal([1, 2, 0]);
  });

  it('progressively: goes in one step where an autoscaler would give pods back', async () => {
    const world = await liveShop({ others: [autoscaler] });
    const seen = sizes(world);
    await migrate(world, { scaleDown: 'progressively' });
    await holdBack(world);
    for (const pod of await own(world)) {
      expect(seen).to.deep.equal([]);
      world.sandbox.pods.setReady(pod, true);
      await world.sandbox.clock.advance(5_000);
    }
    expect(seen).to.deep.equal([0]);
  });

  it('leaves a Deployment down that somebody else scaled down', async () => {
    const world = await liveShop();
    await migrate(world, { scaleDown: 'progressively' });
    await holdBack(world);
    const [a] = await own(world);
    if (a !== undefined) world.sandbox.pods.setReady(a, true);
    await world.sandbox.clock.advance(5_000);
    await world.patch(kinds.deployment, 'web-old', { spec: { replicas: 1 } });
    if (a !== undefined) world.sandbox.pods.setReady(a, false);
    await world.sandbox.clock.advance(5_000);
    expect(await replicas(world)).to.equal(1);
  });

  for (const scaleDown of ['onsuccess', 'progressively']) {
    it(`${scaleDown}: drains a Deployment that got pods again at a later revision (4681, 4935)`, async () => {
      const world = await liveShop();
      await migrate(world, { scaleDown });
      await world.sandbox.clock.advance(30_000);
      await world.patch(kinds.deployment, 'web-old', { spec: { template: templateOf('web:2') } });
      await world.sandbox.clock.advance(30_000);
      expect((await world.rollout()).metadata.annotations?.['rollout.argoproj.io/revision']).to.equal('2');
      await world.patch(kinds.deployment, 'web-old', { spec: { replicas: 6 } });
      await world.sandbox.clock.advance(5_000);
      expect(marks(await deployment(world))).to.deep.equal(['true', 'web', '6', '0']);
      expect(await replicas(world)).to.equal(0);
    });
  }

  it('takes nothing while the Rollout is paused or has no pods', async () => {
    for (const spec of [{ paused: true }, { replicas: 0 }]) {
      const world = await liveShop();
      await migrate(world, { scaleDown: 'progressively', spec });
      await world.sandbox.clock.advance(30_000);
      expect(await replicas(world)).to.equal(4);
    }
  });

  it('holds no release up when the Deployment may not be scaled', async () => {
    const world = await liveShop({ wrapKube: withoutRights });
    await migrate(world, { scaleDown: 'onsuccess' });
    await world.sandbox.clock.advance(30_000);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
    expect(await replicas(world)).to.equal(4);
    expect((await world.events()).join()).to.contain(
      'ReconciliationError: Deployment web-old cannot be scaled to 0: deployments: patch is forbidden',
    );
    const passes = world.decisions.length;
    await world.sandbox.clock.advance(60_000);
    expect(world.decisions.length - passes).to.be.below(3);
  });
});
