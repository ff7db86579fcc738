import { expect } from 'chai';
import { analysisWorld, web } from '#test/fakes/analysis-world.js';
import { floatOutcome } from '#test/fakes/scripted-metrics.js';

describe('the time to live of an analysis run', () => {
  it('is removed when its time to live is over, and writes nothing before', async () => {
    const w = await analysisWorld({ metrics: [web()], ttlStrategy: { secondsAfterCompletion: 60 } }, () =>
      floatOutcome(1),
    );
    const settled = (await w.get())?.metadata.resourceVersion;
    await w.sandbox.clock.advance(60_000);
    expect((await w.get())?.metadata.resourceVersion).to.equal(settled);
    await w.sandbox.clock.advance(2_000);
    expect(await w.get()).to.equal(undefined);
    expect(w.failures).to.deep.equal([]);
  });

  const lives: readonly (readonly [string, object, number, number])[] = [
    ['secondsAfterSuccess', { secondsAfterSuccess: 30, secondsAfterCompletion: 600 }, 1, 31],
    ['secondsAfterFailure', { secondsAfterFailure: 20, secondsAfterCompletion: 600 }, 0, 21],
    ['secondsAfterCompletion', { secondsAfterCompletion: 40 }, 0, 41],
  ];
  for (const [name, ttlStrategy, value, seconds] of lives) {
    it(`removes a run by ${name} without anything that wakes it (13)`, async () => {
      const w = await analysisWorld(
        { metrics: [web({ successCondition: 'result == 1' })], ttlStrategy },
        () => floatOutcome(value),
      );
      await w.sandbox.clock.advance(seconds * 1000 - 1);
      expect(await w.get()).not.to.equal(undefined);
      await w.sandbox.clock.advance(2);
      expect(await w.get()).to.equal(undefined);
    });
  }
});
