import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { Pod } from '#api/k8s/core-kinds.js';
import { Watchman } from '../laws/watchman.js';
import { routedBy, shopObjects, templateOf, type ShopOptions } from './shop.js';
import { createStoryWorld, type StoryWorld, type StoryWorldOptions } from './world.js';

const image = (pod: Pod) => pod.spec.containers[0]?.image ?? '';

/** A routed canary that stands at its first pause; `held` images become ready pod by pod only. */
class Release {
  readonly world: StoryWorld;
  readonly watchman: Watchman;
  /** Highest and lowest weights of both sides that any status told. */
  readonly weights: number[] = [];

  private constructor(options: StoryWorldOptions) {
    this.world = createStoryWorld({ ...options, isBare: true });
    this.watchman = new Watchman(this.world.sandbox, { propagationMs: 1000 });
    this.world.sandbox.store.onChange(({ after }) => {
      const weights =
        after?.kind === 'Rollout' ? (after['status'] as Told | undefined)?.canary?.weights : undefined;
      if (weights !== undefined) this.weights.push(weights.canary.weight, weights.stable.weight);
    });
  }

  static async start(shop: ShopOptions, held: readonly string[] = []): Promise<Release> {
    const images = Object.fromEntries(held.map((name) => [name, { readyAfterMs: 'never' as const }]));
    const release = new Release({ objects: shopObjects({ router: 'istio', ...shop }), images });
    await release.after(20_000);
    return release;
  }

  async after(ms: number): Promise<void> {
    await this.world.sandbox.clock.advance(ms);
  }

  async apply(name: string): Promise<void> {
    await this.world.patch(kinds.rollout, 'web', { spec: { template: templateOf(name) } });
    await this.after(3_000);
  }

  async order(status: object): Promise<void> {
    await this.world.patch(kinds.rollout, 'web', { status }, 'status');
  }

  events(): readonly string[] {
    return this.world.decisions.flatMap(({ events }) =>
      events.map(({ reason, message }) => `${reason}: ${message}`),
    );
  }

  /** So many pods of the image are ready from now on. */
  async ready(name: string, count: number): Promise<void> {
    const pods = (await this.world.pods()).filter(
      (pod) => image(pod) === name && pod.metadata.deletionTimestamp === undefined,
    );
    for (const [i, pod] of pods.entries()) this.world.sandbox.pods.setReady(pod, i < count);
    await this.after(4_000);
  }

  /** `weight 50, web:1 4, web:2 2`: the canary's weight and the wanted pods. */
  async picture(): Promise<string> {
    const { status } = await this.world.rollout();
    const sets = (await this.world.replicaSets()).map(
      ({ spec }) => `${spec.template?.spec?.containers[0]?.image} ${spec.replicas}`,
    );
    return [
      `weight ${status.canary?.weights?.canary.weight ?? 'none'}`,
      ...sets.toSorted((a, b) => a.localeCompare(b)),
    ].join(', ');
  }

  sound(): void {
    expect(this.watchman.broken).to.deep.equal([]);
    expect(this.world.failures).to.deep.equal([]);
    expect(Math.min(...this.weights)).to.be.at.least(0);
    expect(Math.max(...this.weights)).to.be.at.most(100);
  }
}

interface Told {
  readonly canary?: {
    readonly weights?: { readonly canary: { weight: number }; readonly stable: { weight: number } };
  };
}

const steps = [{ setWeight: 25 }, { pause: {} }, { setWeight: 80 }, { pause: {} }];
const canary = (more: object = {}) => ({ canary: { ...routedBy('istio'), steps, ...more } });

describe('a full promotion (6.3, 10.1)', () => {
  it('takes as much weight as the pods that are there can carry, and switches when all are', async () => {
    const release = await Release.start({ replicas: 4, strategy: canary({ scaleDownDelaySeconds: 3 }) }, [
      'web:2',
    ]);
    await release.apply('web:2');
    await release.ready('web:2', 1);
    expect(await release.picture()).to.equal('weight 25, web:1 4, web:2 1');
    await release.order({ promoteFull: true });
    await release.after(3_000);
    expect(await release.picture()).to.equal('weight 25, web:1 4, web:2 4');
    await release.ready('web:2', 2);
    expect(await release.picture()).to.equal('weight 50, web:1 4, web:2 4');
    await release.ready('web:2', 3);
    expect(await release.picture()).to.equal('weight 75, web:1 4, web:2 4');
    // A pod that is lost on the way takes its share with it.
    await release.ready('web:2', 2);
    expect(await release.picture()).to.equal('weight 50, web:1 4, web:2 4');
    expect((await release.world.rollout()).status.promoteFull).to.equal(true);
    await release.ready('web:2', 4);
    await release.after(10_000);
    expect(await release.picture()).to.equal('weight 0, web:1 0, web:2 4');
    expect(release.events()).to.include.members([
      'TrafficWeightUpdated: Traffic weight updated from 50 to 75',
      'TrafficWeightUpdated: Traffic weight updated from 50 to 100',
    ]);
    release.sound();
  });

  it('with dynamicStableScale: stable shrinks behind the weight, no weight over 100 (4424, 3589)', async () => {
    const release = await Release.start({ replicas: 4, strategy: canary({ dynamicStableScale: true }) }, [
      'web:2',
    ]);
    await release.apply('web:2');
    await release.ready('web:2', 1);
    await release.after(2_000);
    expect(await release.picture()).to.equal('weight 25, web:1 3, web:2 1');
    await release.order({ promoteFull: true });
    await release.after(1_000);
    await release.ready('web:2', 3);
    await release.after(2_000);
    expect(await release.picture()).to.equal('weight 75, web:1 1, web:2 4');
    // Fewer replicas are wanted than are available: the peer writes 133 and -33 here.
    await release.world.patch(kinds.rollout, 'web', { spec: { replicas: 2 } });
    await release.after(30_000);
    expect(await release.picture()).to.equal('weight 0, web:1 0, web:2 2');
    release.sound();
  });
});

describe('a rollback inside the window (3941)', () => {
  it('takes no more weight than the pods that are there can carry', async () => {
    const strategy = canary({ scaleDownDelaySeconds: 2 });
    const spec = { rollbackWindow: { revisions: 3 } };
    const release = await Release.start({ replicas: 4, strategy, spec });
    await release.apply('web:2');
    await release.order({ promoteFull: true });
    await release.after(40_000);
    expect(await release.picture()).to.equal('weight 0, web:1 0, web:2 4');
    await release.world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:1') } });
    await release.after(200);
    for (const pod of await release.world.pods())
      if (image(pod) === 'web:1') release.world.sandbox.pods.setReady(pod, false);
    await release.ready('web:1', 1);
    expect(await release.picture()).to.equal('weight 25, web:1 4, web:2 4');
    await release.ready('web:1', 3);
    expect(await release.picture()).to.equal('weight 75, web:1 4, web:2 4');
    await release.ready('web:1', 4);
    await release.after(10_000);
    expect(await release.picture()).to.equal('weight 0, web:1 4, web:2 0');
    expect(release.events()).to.include(
      'RolloutCompleted: Rollout completed update to revision 3 (cb5d95cc5): Rollback within window',
    );
    release.sound();
  });
});

describe('dynamicStableScale (7.4, 10.1)', () => {
  const ten = (first: number, second: number) => [
    { setWeight: first },
    { pause: {} },
    { setWeight: second },
    { pause: {} },
  ];

  it('sizes by the weight that is in force: 10/90 gives 1 and 9, on the way to 20 it is 2 and 9', async () => {
    const strategy = canary({ dynamicStableScale: true, steps: ten(10, 20) });
    const release = await Release.start({ replicas: 10, strategy }, ['web:2']);
    await release.apply('web:2');
    await release.ready('web:2', 1);
    expect(await release.picture()).to.equal('weight 10, web:1 9, web:2 1');
    await release.order({ pauseConditions: null });
    await release.after(1_000);
    expect(await release.picture()).to.equal('weight 10, web:1 9, web:2 2');
    await release.ready('web:2', 2);
    expect(await release.picture()).to.equal('weight 20, web:1 8, web:2 2');
    release.sound();
  });

  it('an abort at 20/80 keeps 2 canaries while stable grows to 10, and follows its pods down', async () => {
    const strategy = canary({ dynamicStableScale: true, steps: ten(20, 60) });
    const release = await Release.start({ replicas: 10, strategy });
    await release.apply('web:2');
    await release.after(10_000);
    await release.order({ pauseConditions: null });
    await release.after(10_000);
    expect(await release.picture()).to.equal('weight 60, web:1 4, web:2 6');
    // New pods of stable do not become ready by themselves from now on.
    const before = new Set((await release.world.pods()).map(({ metadata }) => metadata.name));
    await release.order({ abort: true });
    await release.after(100);
    const grown = (await release.world.pods()).filter((pod) => !before.has(pod.metadata.name));
    for (const pod of grown) release.world.sandbox.pods.setReady(pod, false);
    await release.after(5_000);
    expect(await release.picture()).to.equal('weight 60, web:1 10, web:2 6');
    const seen: string[] = [];
    for (const pod of grown) {
      release.world.sandbox.pods.setReady(pod, true);
      await release.after(3_000);
      seen.push(await release.picture());
    }
    expect(seen).to.deep.equal([
      'weight 50, web:1 10, web:2 5',
      'weight 40, web:1 10, web:2 4',
      'weight 30, web:1 10, web:2 3',
      'weight 20, web:1 10, web:2 2',
      'weight 10, web:1 10, web:2 1',
      'weight 0, web:1 10, web:2 0',
    ]);
    release.sound();
  });

  it('back to the stable template: the weight names the canary that it left until it is 0 (3020)', async () => {
    const strategy = canary({ dynamicStableScale: true, steps: ten(50, 60) });
    const release = await Release.start({ replicas: 4, strategy });
    await release.apply('web:2');
    await release.after(10_000);
    await release.world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:1') } });
    await release.after(100);
    expect(await release.picture()).to.equal('weight 50, web:1 4, web:2 2');
    const { status } = await release.world.rollout();
    expect(status.canary?.weights?.canary.podTemplateHash).to.equal('859687bffd');
    expect(status.currentStepIndex).to.equal(4);
    await release.after(10_000);
    expect(await release.picture()).to.equal('weight 0, web:1 4, web:2 0');
    release.sound();
  });

  it('a stable pod that flaps during the way back raises nothing', async () => {
    const strategy = canary({ dynamicStableScale: true, steps: ten(50, 60) });
    const release = await Release.start({ replicas: 4, strategy });
    await release.apply('web:2');
    await release.after(10_000);
    const before = new Set((await release.world.pods()).map(({ metadata }) => metadata.name));
    await release.order({ abort: true });
    await release.after(100);
    const [one, two] = (await release.world.pods()).filter((pod) => !before.has(pod.metadata.name));
    release.world.sandbox.pods.setReady(two!, false);
    await release.after(5_000);
    expect(await release.picture()).to.equal('weight 25, web:1 4, web:2 1');
    release.world.sandbox.pods.setReady(one!, false);
    await release.after(5_000);
    expect(await release.picture()).to.equal('weight 25, web:1 4, web:2 1');
    release.world.sandbox.pods.setReady(one!, true);
    release.world.sandbox.pods.setReady(two!, true);
    await release.after(10_000);
    expect(await release.picture()).to.equal('weight 0, web:1 4, web:2 0');
    release.sound();
  });
});

describe('no replicas in the middle', () => {
  for (const router of ['istio', 'nginx'] as const) {
    it(`${router}: everything goes, and the way is found back`, async () => {
      const strategy = { canary: { ...routedBy(router), steps: [{ setWeight: 50 }, { pause: {} }] } };
      const release = await Release.start({ replicas: 4, router, strategy });
      await release.apply('web:2');
      await release.after(20_000);
      await release.world.patch(kinds.rollout, 'web', { spec: { replicas: 0 } });
      await release.after(20_000);
      expect(await release.picture()).to.equal('weight 0, web:1 0, web:2 0');
      await release.world.patch(kinds.rollout, 'web', { spec: { replicas: 3 } });
      await release.after(30_000);
      expect(await release.picture()).to.equal('weight 50, web:1 3, web:2 2');
      expect(release.world.failures).to.deep.equal([]);
    });
  }
});

describe('a routed canary without steps (1.3)', () => {
  for (const router of ['istio', 'nginx'] as const) {
    it(`${router}: the weight is 0 all along, and the stable Service alone switches`, async () => {
      const strategy = { canary: { ...routedBy(router), scaleDownDelaySeconds: 2 } };
      const release = await Release.start({ replicas: 2, router, strategy });
      await release.apply('web:2');
      await release.after(30_000);
      expect(await release.picture()).to.equal('weight 0, web:1 0, web:2 2');
      expect(Math.max(...release.weights.filter((_, i) => i % 2 === 0))).to.equal(0);
      expect((await release.world.rollout()).status.phase).to.equal('Healthy');
      release.sound();
    });
  }
});

describe('a first revision that never became ready', () => {
  for (const router of ['istio', 'nginx', 'none'] as const) {
    it(`${router}: the next one is released all the same`, async () => {
      const routing = router === 'none' ? {} : routedBy(router);
      const strategy = { canary: { ...routing, steps: [{ setWeight: 50 }] } };
      const release = await Release.start({ replicas: 2, router, strategy }, ['web:1']);
      expect((await release.world.rollout()).status.phase).to.equal('Progressing');
      await release.apply('web:2');
      await release.after(60_000);
      const { status } = await release.world.rollout();
      expect([status.phase, status.message, status.stableRS]).to.deep.equal([
        'Healthy',
        undefined,
        '859687bffd',
      ]);
      expect(await release.picture()).to.equal(`weight ${router === 'none' ? 'none' : 0}, web:1 0, web:2 2`);
      release.sound();
    });
  }

  it('a stable revision that dies in the middle does not hold the one that replaces it', async () => {
    const release = await Release.start({
      replicas: 2,
      strategy: canary({ steps: [{ setWeight: 50 }], scaleDownDelaySeconds: 1 }),
    });
    await release.ready('web:1', 0);
    await release.apply('web:2');
    await release.after(60_000);
    expect(await release.picture()).to.equal('weight 0, web:1 0, web:2 2');
    expect((await release.world.rollout()).status.phase).to.equal('Healthy');
    release.sound();
  });
});
