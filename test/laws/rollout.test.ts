import { expect } from 'chai';
import * as fc from 'fast-check';
import { play, tale } from './tale.js';

describe('laws of a routed canary', () => {
  it('nothing breaks an invariant, and every tale comes to rest', async () => {
    await fc.assert(
      fc.asyncProperty(tale, async (given) => {
        const { world, watchman } = await play(given);
        expect(watchman.broken).to.deep.equal([]);
        expect(world.failures.filter((failure) => !failure.includes('onflict'))).to.deep.equal([]);
        const last = world.decisions.at(-1);
        const passes = world.decisions.length;
        const before = world.sandbox.journal().length;
        await world.sandbox.clock.advance(30_000);
        expect(world.sandbox.journal().length, 'writes at rest').to.equal(before);
        expect(world.decisions.length - passes, 'passes at rest').to.be.at.most(2);
        expect(last?.actions).to.deep.equal([]);
        const { status } = await world.rollout();
        if (status.abort === true) expect(status.phase).to.equal('Degraded');
        else if (status.phase !== 'Paused')
          expect([status.phase, status.message ?? '', last?.because]).to.deep.equal([
            'Healthy',
            '',
            last?.because,
          ]);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 40), seed: Number(process.env['SEED'] ?? 7) },
    );
  }).timeout(120_000);
});
