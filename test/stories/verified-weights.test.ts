import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { objectAt, textAt } from '#core/json/read.js';
import { verifying } from '../conformance/verifying.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld, namespace, type StoryWorld } from './world.js';

/** A router that can tell (traffic-providers 1.6): what the status says, and what waits for it. */
describe('a weight that the data plane confirms', () => {
  async function tell(): Promise<StoryWorld> {
    const dial: KubeObject & { readonly data: unknown } = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'dial', namespace },
      data: {},
    };
    const strategy = {
      canary: {
        stableService: 'web',
        canaryService: 'web-canary',
        scaleDownDelaySeconds: 2,
        trafficRouting: { dial: { dial: 'dial' } },
        steps: [{ setWeight: 25 }, { pause: {} }],
      },
    };
    const world = createStoryWorld({
      objects: [...shopObjects({ replicas: 4, strategy }), dial],
      providers: [verifying],
      isBare: true,
    });
    await world.sandbox.clock.advance(20_000);
    return world;
  }

  async function dialled(world: StoryWorld): Promise<string> {
    return textAt(objectAt(await world.get(kinds.configMap, 'dial'), 'data'), 'wanted') ?? '';
  }

  async function apply(world: StoryWorld): Promise<void> {
    await world.patch(kinds.configMap, 'dial', { data: { applied: await dialled(world) } });
    await world.sandbox.clock.advance(100);
  }

  const weights = async (world: StoryWorld) => {
    const { canary, verified } = (await world.rollout()).status.canary?.weights ?? {};
    return [canary?.weight, verified];
  };

  it('holds the step, the switch and the old pods until it is confirmed, and looks again every 10 seconds', async () => {
    const world = await tell();
    expect(await weights(world)).to.deep.equal([0, false]);
    expect((await world.rollout()).status.phase).to.equal('Progressing');
    await apply(world);
    expect(await weights(world)).to.deep.equal([0, true]);
    expect((await world.rollout()).status.phase).to.equal('Healthy');

    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(10_000);
    expect(await dialled(world)).to.equal('25/75');
    expect(await weights(world)).to.deep.equal([25, false]);
    expect((await world.rollout()).status.currentStepIndex).to.equal(0);
    expect(world.decisions.at(-1)?.waitingFor.map(({ what }) => what)).to.include(
      'Dial to confirm weight 25',
    );
    const passes = world.decisions.length;
    const writes = world.sandbox.journal().length;
    await world.sandbox.clock.advance(60_000);
    expect(world.decisions.length - passes).to.be.within(5, 7);
    expect(world.sandbox.journal().length).to.equal(writes);
    // The watch tells at once.
    await apply(world);
    expect(await weights(world)).to.deep.equal([25, true]);
    expect((await world.rollout()).status.phase).to.equal('Paused');

    await world.patch(kinds.rollout, 'web', { status: { pauseConditions: null } }, 'status');
    await world.sandbox.clock.advance(30_000);
    expect(await dialled(world)).to.equal('100/0');
    const { status } = await world.rollout();
    expect(status.stableRS).to.not.equal(status.currentPodHash);
    const sizes = async () => (await world.replicaSets()).map(({ spec }) => spec.replicas);
    expect(await sizes()).to.deep.equal([4, 4]);
    await apply(world);
    await world.sandbox.clock.advance(10_000);
    expect(await dialled(world)).to.equal('0/100');
    expect((await world.rollout()).status.phase).to.equal('Progressing');
    expect(await sizes()).to.deep.equal([4, 4]);
    await apply(world);
    await world.sandbox.clock.advance(10_000);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
    expect(await sizes()).to.have.members([0, 4]);
    expect(world.failures).to.deep.equal([]);
  });

  it('a data plane that cannot be asked is told of once, and holds what would follow', async () => {
    const world = await tell();
    await apply(world);
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(10_000);
    await apply(world);
    await world.patch(kinds.configMap, 'dial', { data: { fault: 'its API says 503' } });
    await world.patch(kinds.rollout, 'web', { status: { promoteFull: true } }, 'status');
    await world.sandbox.clock.advance(60_000);
    expect(await weights(world)).to.deep.equal([25, false]);
    const told = world.decisions.flatMap(({ events }) =>
      events.filter(({ reason }) => reason === 'WeightVerifyError'),
    );
    expect(told.map(({ message }) => message)).to.deep.equal(['Failed to verify weight: its API says 503']);
    await world.patch(kinds.configMap, 'dial', { data: { fault: null } });
    await world.sandbox.clock.advance(10_000);
    expect(await dialled(world)).to.equal('100/0');
  });

  it('a confirmation that is withdrawn holds what would follow', async () => {
    const world = await tell();
    await apply(world);
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(10_000);
    await apply(world);
    await world.patch(kinds.configMap, 'dial', { data: { applied: 'nothing' } });
    await world.sandbox.clock.advance(100);
    expect(await weights(world)).to.deep.equal([25, false]);
    await world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
    await world.sandbox.clock.advance(60_000);
    // The way back waits for nobody, the canary's pods do.
    expect(await dialled(world)).to.equal('0/100');
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.have.members([4, 1]);
    await apply(world);
    await world.sandbox.clock.advance(60_000);
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.have.members([4, 0]);
    expect(world.failures).to.deep.equal([]);
  });
});
