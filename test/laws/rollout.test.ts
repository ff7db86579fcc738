import { expect } from 'chai';
import * as fc from 'fast-check';
import { play, tales, type Tale } from './tale.js';

/** After any orders of people at any moment: no invariant broken, and rest at a state that is right. */
async function holds(given: Tale): Promise<void> {
  const { world, watchman } = await play(given);
  expect(watchman.broken).to.deep.equal([]);
  // Deciding on what a lagging cache shows ends in a conflict and another look, never in harm.
  expect(world.failures.filter((failure) => !failure.includes('KubeConflict'))).to.deep.equal([]);
  for (const { status: said } of world.decisions) {
    const weights = said.canary?.weights;
    if (weights !== undefined) expect(weights.canary.weight + weights.stable.weight).to.equal(100);
  }
  const last = world.decisions.at(-1);
  const passes = world.decisions.length;
  const writes = world.sandbox.journal().length;
  await world.sandbox.clock.advance(30_000);
  expect(world.sandbox.journal().length, 'writes at rest').to.equal(writes);
  expect(world.decisions.length - passes, 'passes at rest').to.be.at.most(1);
  expect(last?.actions).to.deep.equal([]);
  const { status, spec } = await world.rollout();
  if (status.phase === 'Paused') return;
  const wanted = status.abort === true ? 'Degraded' : 'Healthy';
  expect(
    [status.phase, status.message, last?.because].slice(0, status.phase === wanted ? 1 : 3),
  ).to.deep.equal([wanted]);
  const sizes = (await world.replicaSets()).map((rs) => rs.spec.replicas ?? 0).filter((size) => size > 0);
  expect(sizes, 'pods at rest').to.deep.equal([spec.replicas]);
}

/** Found once: with a lagging cache a lost status write made two writes chase each other. */
const chase: Tale = {
  mode: 'subsets',
  replicas: 1,
  lagMs: 300,
  steps: [],
  options: {},
  readyAfterMs: [0, 4573, 0],
  orders: [
    { afterMs: 0, order: { kind: 'apply', image: 'web:2' } },
    { afterMs: 5173, order: { kind: 'abort' } },
    { afterMs: 701, order: { kind: 'apply', image: 'web:1' } },
  ],
};

describe('laws of releases', () => {
  const scale = Number(process.env['RUNS'] ?? 1);
  const runs = { istio: 25, subsets: 12, nginx: 8, basic: 12, basicWithServices: 8, blueGreen: 20 } as const;
  for (const mode of Object.keys(runs) as (keyof typeof runs)[]) {
    it(`${mode}: nothing is dropped on the way, and every tale comes to rest`, async () => {
      const seed = Number(process.env['SEED'] ?? 7);
      await fc.assert(fc.asyncProperty(tales(mode), holds), {
        numRuns: runs[mode] * scale,
        seed,
        examples: mode === chase.mode ? [[chase]] : [],
      });
    }).timeout(300_000);
  }
});
