import { expect } from 'chai';
import { play, type Tale } from './tale.js';

type World = Awaited<ReturnType<typeof play>>['world'];

/** Failed passes that are part of the tale: refused writes, and decisions on what a lagging cache showed. */
const expected = /KubeConflict|KubeNotFound|KubeUnavailable|KubeThrottled|KubeTimeout|ShuttingDown/;

/** Whatever was done to it at whatever moment: no law broken on the way, and rest at a state that is right. */
export async function holds(given: Tale): Promise<void> {
  const { world, broken } = await play(given);
  expect(broken.join('; '), 'broken on the way').to.equal('');
  expect(world.failures.filter((failure) => !expected.test(failure)).join('; '), 'failed').to.equal('');
  for (const { status } of world.decisions) {
    const { canary, stable, additional } = status.canary?.weights ?? {};
    if (canary === undefined || stable === undefined) continue;
    const rest = (additional ?? []).reduce((sum, { weight }) => sum + weight, 0);
    expect(canary.weight + stable.weight + rest, 'sum of the weights').to.equal(100);
  }
  if (given.deletedAfterMs === undefined) await rests(given, world);
  else
    await isGone(
      world,
      given.orders.some(({ order }) => order.kind === 'move the selector'),
    );
}

/** The Rollout is gone, with all weight on stable and without a mark in the Services of the user. */
async function isGone(world: World, isSelectorMoved: boolean): Promise<void> {
  expect(await world.findRollout(), 'the Rollout').to.equal(undefined);
  expect(await world.replicaSets(), 'its ReplicaSets').to.deep.equal([]);
  // A hash that somebody else wrote into a Service that is not ours stays his.
  if (isSelectorMoved) return;
  for (const { metadata, spec } of await world.services())
    expect([metadata.name, spec.selector]).to.deep.equal([metadata.name, { app: 'web' }]);
}

async function rests(given: Tale, world: World): Promise<void> {
  const passes = world.decisions.length;
  const writes = world.sandbox.journal().length;
  await world.sandbox.clock.advance(30_000);
  expect(world.sandbox.journal().slice(writes), 'writes at rest').to.deep.equal([]);
  expect(world.decisions.length - passes, 'passes at rest').to.be.at.most(1);
  world.restart();
  await world.sandbox.clock.advance(1_000);
  expect(world.sandbox.journal().slice(writes), 'writes of a new start').to.deep.equal([]);
  const { status, spec } = await world.rollout();
  if (status.phase === 'Paused') return;
  const wanted = status.abort === true ? 'Degraded' : 'Healthy';
  const said = [status.phase, status.message, world.decisions.at(-1)?.because];
  expect(said.slice(0, status.phase === wanted ? 1 : 3), 'phase at rest').to.deep.equal([wanted]);
  if (status.abort === true && isKept(given)) return;
  const sizes = (await world.replicaSets()).map((rs) => rs.spec.replicas ?? 0).filter((size) => size > 0);
  expect(sizes, 'pods at rest').to.deep.equal([spec.replicas]);
}

function isKept({ options }: Tale): boolean {
  return 'abortScaleDownDelaySeconds' in options && options.abortScaleDownDelaySeconds === 0;
}
