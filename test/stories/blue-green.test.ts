import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { routedBy, shopObjects, templateOf } from './shop.js';
import { createStoryWorld, type StoryWorld } from './world.js';

const hashKey = 'rollouts-pod-template-hash';

describe('a blue-green release', () => {
  async function settled(blueGreen: object, replicas = 2): Promise<StoryWorld> {
    const strategy = { blueGreen: { activeService: 'web', ...blueGreen } };
    const world = createStoryWorld({ objects: shopObjects({ replicas, strategy }) });
    await world.sandbox.clock.advance(10_000);
    return world;
  }

  async function apply(world: StoryWorld, image: string, spec: object = {}): Promise<void> {
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf(image), ...spec } });
    await world.sandbox.clock.advance(10_000);
  }

  async function imageBehind(world: StoryWorld, service: string): Promise<string> {
    const found = (await world.services()).find(({ metadata }) => metadata.name === service);
    const hash = found?.spec.selector?.[hashKey];
    const rs = (await world.replicaSets()).find(({ metadata }) => metadata.labels?.[hashKey] === hash);
    return rs?.spec.template?.spec?.containers[0]?.image ?? 'all';
  }

  async function setOf(world: StoryWorld, image: string) {
    return (await world.replicaSets()).find(
      ({ spec }) => spec.template?.spec?.containers[0]?.image === image,
    );
  }

  it('serves by the Service that the spec names now, and approves nothing by it', async () => {
    const world = await settled({ autoPromotionEnabled: false });
    await apply(world, 'web:2');
    await world.patch(kinds.rollout, 'web', {
      spec: { strategy: { blueGreen: { activeService: 'web-canary' } } },
    });
    await world.sandbox.clock.advance(5000);
    expect(await imageBehind(world, 'web-canary')).to.equal('web:1');
    expect((await world.rollout()).status.phase).to.equal('Paused');
    const old = (await world.get(kinds.service, 'web')) as { spec?: { selector?: object } } | undefined;
    expect(old?.spec?.selector).to.deep.equal({ app: 'web' });
    await world.patch(kinds.rollout, 'web', { status: { pauseConditions: null } }, 'status');
    await world.sandbox.clock.advance(5000);
    expect(await imageBehind(world, 'web-canary')).to.equal('web:2');
    expect((await world.rollout()).status.phase).to.equal('Healthy');
  });

  it('becomes a canary, and gives its Services back', async () => {
    const world = await settled({ previewService: 'web-canary', autoPromotionEnabled: false });
    await apply(world, 'web:2', {
      strategy: { blueGreen: null, canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
    });
    const { status } = await world.rollout();
    expect([status.phase, status.message, status.currentStepIndex]).to.deep.equal([
      'Paused',
      'CanaryPauseStep',
      1,
    ]);
    expect(status.blueGreen).to.equal(undefined);
    expect([await imageBehind(world, 'web'), await imageBehind(world, 'web-canary')]).to.deep.equal([
      'all',
      'all',
    ]);
    const sizes = (await world.replicaSets()).map(({ spec }) => spec.replicas);
    expect(sizes).to.deep.equal([1, 1]);
  });

  it('comes after a canary that was on its way, with its stable pods active first', async () => {
    const strategy = { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } };
    const world = createStoryWorld({ objects: shopObjects({ replicas: 4, strategy }) });
    await world.sandbox.clock.advance(10_000);
    await apply(world, 'web:2');
    await world.patch(kinds.rollout, 'web', {
      spec: { strategy: { canary: null, blueGreen: { activeService: 'web', autoPromotionEnabled: false } } },
    });
    await world.sandbox.clock.advance(10_000);
    const { status } = await world.rollout();
    expect([status.phase, status.message]).to.deep.equal(['Paused', 'BlueGreenPause']);
    expect([status.currentStepIndex, status.currentStepHash]).to.deep.equal([undefined, undefined]);
    expect(await imageBehind(world, 'web')).to.equal('web:1');
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.deep.equal([4, 4]);
    await world.patch(kinds.rollout, 'web', { status: { pauseConditions: null } }, 'status');
    await world.sandbox.clock.advance(5000);
    expect(await imageBehind(world, 'web')).to.equal('web:2');
  });

  it('comes after a canary with a router: traffic goes back first, and nothing is approved', async () => {
    const strategy = { canary: { ...routedBy('istio'), steps: [{ setWeight: 50 }, { pause: {} }] } };
    const world = createStoryWorld({ objects: shopObjects({ replicas: 4, strategy, router: 'istio' }) });
    await world.sandbox.clock.advance(10_000);
    await apply(world, 'web:2');
    expect((await world.rollout()).status.canary?.weights?.canary.weight).to.equal(50);
    const blueGreen = { activeService: 'web', previewService: 'web-canary', autoPromotionEnabled: false };
    await world.patch(kinds.rollout, 'web', { spec: { strategy: { canary: null, blueGreen } } });
    await world.sandbox.clock.advance(30_000);
    const { status } = await world.rollout();
    expect([status.phase, status.message, status.canary]).to.deep.equal([
      'Paused',
      'BlueGreenPause',
      undefined,
    ]);
    expect([await imageBehind(world, 'web'), await imageBehind(world, 'web-canary')]).to.deep.equal([
      'web:1',
      'web:2',
    ]);
    expect(await world.events()).to.include(
      "Updated VirtualService: VirtualService `web` set to desiredWeight '0'",
    );
  });

  it('gives the pods the metadata of their role, and keeps it out of the hash', async () => {
    const world = await settled({
      autoPromotionEnabled: false,
      previewMetadata: { labels: { role: 'preview' }, annotations: { note: 'new' } },
      activeMetadata: { labels: { role: 'active' } },
    });
    const roles = async () => (await world.pods()).map(({ metadata }) => metadata.labels?.['role'] ?? 'none');
    expect(await roles()).to.deep.equal(['active', 'active']);
    await apply(world, 'web:2');
    expect((await roles()).sort()).to.deep.equal(['active', 'active', 'preview', 'preview']);
    await world.patch(kinds.rollout, 'web', { status: { pauseConditions: null } }, 'status');
    await world.sandbox.clock.advance(5000);
    expect((await roles()).sort()).to.deep.equal(['active', 'active', 'none', 'none']);
    const plain = await settled({ autoPromotionEnabled: false });
    const hashOf = async (one: StoryWorld) => (await one.replicaSets())[0]?.metadata.labels?.[hashKey];
    expect((await hashOf(plain)) ?? '').not.to.equal('');
    expect((await world.replicaSets()).map(({ metadata }) => metadata.labels?.[hashKey])).to.include(
      await hashOf(plain),
    );
  });

  it('keeps new pods away from the active ones when asked', async () => {
    const rule = { preferredDuringSchedulingIgnoredDuringExecution: { weight: 7 } };
    const world = await settled({ antiAffinity: rule, autoPromotionEnabled: false });
    await apply(world, 'web:2');
    const stable = await setOf(world, 'web:1');
    const preview = await setOf(world, 'web:2');
    expect(stable?.spec.template?.spec?.['affinity']).to.equal(undefined);
    const affinity = JSON.stringify(preview?.spec.template?.spec);
    expect(affinity).to.contain(`"values":["${stable?.metadata.labels?.[hashKey] ?? ''}"]`);
    expect(affinity).to.contain('"weight":7').and.to.contain('"topologyKey":"kubernetes.io/hostname"');
  });

  it('lets an autoscaler see the active pods only', async () => {
    const world = await settled({ autoPromotionEnabled: false, previewReplicaCount: 1 }, 3);
    await apply(world, 'web:2');
    const { status } = await world.rollout();
    const active = (await setOf(world, 'web:1'))?.metadata.labels?.[hashKey] ?? '';
    expect([status.HPAReplicas, status.replicas, status.updatedReplicas]).to.deep.equal([3, 4, 1]);
    expect([status.readyReplicas, status.availableReplicas]).to.deep.equal([3, 3]);
    expect(status.selector).to.equal(`app=web,${hashKey}=${active}`);
  });

  it('notes the wanted replicas on every ReplicaSet that has pods, at once and at any moment', async () => {
    const world = await settled({
      autoPromotionEnabled: false,
      scaleDownDelaySeconds: 600,
      previewReplicaCount: 1,
    });
    await apply(world, 'web:2');
    await world.patch(kinds.rollout, 'web', { status: { promoteFull: true } }, 'status');
    await world.sandbox.clock.advance(5000);
    await apply(world, 'web:3');
    await world.patch(kinds.rollout, 'web', { spec: { replicas: 5 } });
    await world.sandbox.clock.settle();
    const noted = async () =>
      Object.fromEntries(
        (await world.replicaSets()).map(({ spec, metadata }) => [
          spec.template?.spec?.containers[0]?.image ?? '',
          [spec.replicas, metadata.annotations?.['rollout.argoproj.io/desired-replicas']],
        ]),
      );
    const whole = [5, '5'];
    expect(await noted()).to.deep.equal({ 'web:1': whole, 'web:2': whole, 'web:3': [1, '5'] });
    await world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
    await world.sandbox.clock.advance(1000);
    await world.patch(kinds.rollout, 'web', { spec: { replicas: 3 } });
    await world.sandbox.clock.settle();
    const less = [3, '3'];
    expect(await noted()).to.deep.equal({ 'web:1': less, 'web:2': less, 'web:3': [1, '3'] });
    const { status } = await world.rollout();
    expect([status.HPAReplicas, status.phase]).to.deep.equal([3, 'Degraded']);
  });

  it('aborts by itself when the new pods never come and the spec asks for it', async () => {
    const strategy = { blueGreen: { activeService: 'web' } };
    const spec = { progressDeadlineSeconds: 30, progressDeadlineAbort: true };
    const world = createStoryWorld({
      objects: shopObjects({ replicas: 2, strategy, spec }),
      images: { 'web:2': { readyAfterMs: 'never' } },
    });
    await world.sandbox.clock.advance(10_000);
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(120_000);
    const { status } = await world.rollout();
    const name = (await setOf(world, 'web:2'))?.metadata.name ?? '';
    expect(status.message).to.equal(
      `RolloutAborted: Rollout aborted update to revision 2: ReplicaSet "${name}" has timed out progressing.`,
    );
    expect((await setOf(world, 'web:2'))?.spec.replicas).to.equal(0);
    expect(await imageBehind(world, 'web')).to.equal('web:1');
  });
});
