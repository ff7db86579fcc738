import { expect } from 'chai';
import type { Condition, UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { healthOf } from '#core/health/health.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld, type StoryWorld } from './world.js';

const kstatus = ['Ready', 'Reconciling', 'Stalled'];

async function conditions(world: StoryWorld): Promise<readonly Condition[]> {
  return (await world.rollout()).status.conditions ?? [];
}

async function ours(world: StoryWorld): Promise<readonly string[]> {
  const list = (await conditions(world)).filter(({ type }) => kstatus.includes(type));
  return list.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
}

/** What a reader of conditions makes of it who knows no Rollouts. */
async function health(world: StoryWorld): Promise<string> {
  const rollout = await world.rollout();
  const { observedGeneration: _text, ...status } = rollout.status;
  const plain = { ...rollout, apiVersion: 'x.example/v1', status } as unknown as UnknownObject;
  return healthOf(plain, { now: world.sandbox.clock.now() }).status;
}

describe('conditions for kstatus', () => {
  async function begun(): Promise<StoryWorld> {
    const strategy = { canary: { steps: [{ setWeight: 25 }, { pause: {} }] } };
    const world = createStoryWorld({ objects: shopObjects({ strategy }) });
    await world.sandbox.clock.settle();
    return world;
  }

  it('say Reconciling while the release goes on or is paused, Ready when it is healthy', async () => {
    const world = await begun();
    // Words are gathered for a moment.
    await world.sandbox.clock.advance(250);
    expect(await ours(world)).to.deep.equal([
      'Ready=False Progressing: updated replicas are still becoming available',
      'Reconciling=True Progressing: updated replicas are still becoming available',
    ]);
    expect(await health(world)).to.equal('InProgress');
    await world.sandbox.clock.advance(20_000);
    expect(await ours(world)).to.deep.equal(['Ready=True Healthy: Rollout is healthy']);
    expect(await health(world)).to.equal('Current');
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(20_000);
    expect(await ours(world)).to.deep.equal([
      'Ready=False Paused: CanaryPauseStep',
      'Reconciling=True Paused: CanaryPauseStep',
    ]);
    expect(await health(world)).to.equal('InProgress');
  });

  it('say Stalled when an update is aborted or the spec is invalid', async () => {
    const world = await begun();
    await world.sandbox.clock.advance(20_000);
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(20_000);
    await world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
    await world.sandbox.clock.advance(20_000);
    const message = 'RolloutAborted: Rollout aborted update to revision 2';
    expect(await ours(world)).to.deep.equal([
      `Ready=False Degraded: ${message}`,
      `Stalled=True Degraded: ${message}`,
    ]);
    expect(await health(world)).to.equal('Failed');
    await world.patch(kinds.rollout, 'web', { spec: { minReadySeconds: -1 } });
    await world.sandbox.clock.advance(1_000);
    expect(await ours(world)).to.have.length(2);
    expect((await ours(world))[1]).to.match(
      /^Stalled=True Degraded: InvalidSpec: The Rollout "web" is invalid/,
    );
  });

  it('stand behind those of the peer, name the generation, and move their times only when they change', async () => {
    const world = await begun();
    await world.sandbox.clock.advance(20_000);
    const before = await conditions(world);
    expect(before.slice(0, -1).some(({ type }) => kstatus.includes(type))).to.equal(false);
    expect(before.at(-1)).to.include({ type: 'Ready', observedGeneration: 1 });
    await world.patch(kinds.rollout, 'web', { metadata: { labels: { a: 'b' } } });
    await world.sandbox.clock.advance(20_000);
    expect(await conditions(world)).to.deep.equal(before);
    await world.patch(kinds.rollout, 'web', { spec: { revisionHistoryLimit: 3 } });
    await world.sandbox.clock.advance(20_000);
    const ready = (await conditions(world)).at(-1);
    expect(ready).to.include({ observedGeneration: 2 });
    expect(ready?.lastTransitionTime).to.equal(before.at(-1)?.lastTransitionTime);
  });
});
