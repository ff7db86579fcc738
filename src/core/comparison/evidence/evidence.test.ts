import { expect } from 'chai';
import * as fc from 'fast-check';
import { poisson, randomOfRun, type Random } from '#test/fakes/seeded.js';
import { evidenceOf, narrow, wholeGrid, type GridInterval } from './evidence.js';
import { addInterval, gridRatios, indexAtOrAbove, indexAtOrBelow, noLikelihoods } from './likelihood.js';

const alpha = 0.05;
const bar = Math.log(1 / alpha);
const equal = 40;

type Vector = readonly [share: number, canary: number, baseline: number];

function likelihoodsOf(vectors: readonly Vector[]) {
  return vectors.reduce(
    (before, [share, canary, baseline]) => addInterval(before, { share, canary, baseline }),
    noLikelihoods,
  );
}

function runOf(vectors: readonly Vector[]) {
  let interval: GridInterval = wholeGrid;
  for (let n = 1; n <= vectors.length; n += 1) {
    interval = narrow(interval, evidenceOf(likelihoodsOf(vectors.slice(0, n))), alpha);
  }
  const evidence = evidenceOf(likelihoodsOf(vectors));
  return {
    above: evidence.above(equal).toFixed(6),
    below: evidence.below(equal).toFixed(6),
    interval: [interval.low, interval.high].map((i) => Number((gridRatios[i] ?? 0).toFixed(4))),
  };
}

const story: readonly Vector[] = [
  [0.05, 3, 10],
  [0.1, 4, 12],
  [0.2, 9, 11],
];

interface Simulated {
  readonly above: number;
  readonly below: number;
}

/** The part of runs in which either evidence passed the bar at some look. Ten events an interval, the canary has 20 % of requests. */
function simulate(ratio: number, looks: number, runs: number): Simulated {
  const share = 0.2;
  let above = 0;
  let below = 0;
  for (let run = 0; run < runs; run += 1) {
    const random = randomOfRun(run);
    let likelihoods = noLikelihoods;
    let highest = Number.NEGATIVE_INFINITY;
    let highestBelow = Number.NEGATIVE_INFINITY;
    for (let look = 0; look < looks; look += 1) {
      const canary = poisson(10 * share * ratio, random);
      const baseline = poisson(10 * (1 - share), random);
      likelihoods = addInterval(likelihoods, { share, canary, baseline });
      const evidence = evidenceOf(likelihoods);
      highest = Math.max(highest, evidence.above(equal));
      highestBelow = Math.max(highestBelow, evidence.below(equal));
    }
    if (highest >= bar) above += 1;
    if (highestBelow >= bar) below += 1;
  }
  return { above: above / runs, below: below / runs };
}

describe('evidence over the grid of ratios', () => {
  it('is that of the golden vectors, interval by interval', () => {
    expect(runOf(story.slice(0, 1))).to.deep.equal({
      above: '1.987570',
      below: '-1.835193',
      interval: [0.4732, 10],
    });
    expect(runOf(story.slice(0, 2))).to.deep.include({ above: '2.954334', below: '-2.610427' });
    expect(runOf(story)).to.deep.equal({
      above: '5.775358',
      below: '-3.467971',
      interval: [1.3335, 9.4406],
    });
    expect(runOf([[0.5, 0, 40]])).to.deep.include({ above: '-4.504469', below: '21.722392' });
    expect(runOf([[0.1, 5000, 5000]]).above).to.equal('5104.514544');
  });

  it('does not overflow at billions of events, nor at a tiny share', () => {
    const huge = evidenceOf(likelihoodsOf([[1e-6, 5e9, 5e9], ...story]));
    for (const value of [huge.above(equal), huge.below(equal), huge.above(79), huge.below(1)]) {
      expect(value).to.satisfy(Number.isFinite);
    }
    expect(evidenceOf(likelihoodsOf(story)).above(80)).to.equal(Number.NEGATIVE_INFINITY);
    expect(evidenceOf(likelihoodsOf(story)).below(0)).to.equal(Number.NEGATIVE_INFINITY);
  });

  it('does not depend on how often one looks at the same traffic', () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    const counts = fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(share, counts, fc.nat(80), (part, intervals, index) => {
        const often = evidenceOf(likelihoodsOf(intervals.map(([a, b]) => [part, a, b])));
        const sum = (which: 0 | 1): number => intervals.reduce((total, pair) => total + pair[which], 0);
        const once = evidenceOf(likelihoodsOf([[part, sum(0), sum(1)]]));
        if (index < 80) expect(often.above(index)).to.be.closeTo(once.above(index), 1e-6);
        if (index > 0) expect(often.below(index)).to.be.closeTo(once.below(index), 1e-6);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('is the same seen from the other side', () => {
    const vector = fc.tuple(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.nat(99), fc.nat(99));
    fc.assert(
      fc.property(fc.array(vector, { maxLength: 8 }), fc.integer({ min: 0, max: 79 }), (vectors, index) => {
        const here = evidenceOf(likelihoodsOf(vectors));
        const there = evidenceOf(likelihoodsOf(vectors.map(([share, a, b]) => [1 - share, b, a])));
        expect(here.above(index)).to.be.closeTo(there.below(80 - index), 1e-6);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('narrows its interval and never widens it', () => {
    const vector = fc.tuple(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.nat(99), fc.nat(99));
    fc.assert(
      fc.property(fc.array(vector, { maxLength: 8 }), (vectors) => {
        let interval: GridInterval = wholeGrid;
        for (let n = 1; n <= vectors.length; n += 1) {
          const next = narrow(interval, evidenceOf(likelihoodsOf(vectors.slice(0, n))), alpha);
          expect(next.low >= interval.low && next.high <= interval.high && next.low <= next.high).to.equal(
            true,
          );
          interval = next;
        }
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  for (const [looks, runs] of [
    [60, 400],
    [200, 150],
  ] as const) {
    it(`passes the bar in at most alpha of the runs without a difference, over ${looks} looks`, function () {
      this.timeout(20_000);
      const { above, below } = simulate(1, looks, runs);
      expect(above).to.be.at.most(alpha);
      expect(below).to.be.at.most(alpha);
    });
  }

  /** Shares follow what was seen, which an e-process allows: what counts is the share that held in the interval. */
  const shareAfter = (evidence: number): number => Math.min(0.9, Math.max(0.05, 0.2 + evidence / 10));

  const worlds: readonly (readonly [
    string,
    limit: number,
    ratio: (look: number, random: Random) => number,
  ])[] = [
    ['a ratio exactly at the tolerance', 48, () => gridRatios[48] ?? 1],
    ['a ratio that changes below it', 40, (look) => (look % 10 < 8 ? 1 : 0.3)],
    ['a ratio drawn anew below it', 40, (_, random) => 0.5 + random() / 2],
  ];
  for (const [name, limit, ratioAt] of worlds) {
    it(`aborts at most alpha of the runs with ${name}, while shares follow the evidence`, function () {
      this.timeout(20_000);
      const runs = 200;
      let aborted = 0;
      for (let run = 0; run < runs; run += 1) {
        const random = randomOfRun(run);
        let likelihoods = noLikelihoods;
        let highest = 0;
        for (let look = 0; look < 60 && highest < bar; look += 1) {
          const share = shareAfter(evidenceOf(likelihoods).above(limit));
          const canary = poisson(10 * share * ratioAt(look, random), random);
          likelihoods = addInterval(likelihoods, {
            share,
            canary,
            baseline: poisson(10 * (1 - share), random),
          });
          highest = Math.max(highest, evidenceOf(likelihoods).above(limit));
        }
        if (highest >= bar) aborted += 1;
      }
      expect(aborted / runs).to.be.at.most(alpha);
    });
  }

  it('keeps the true ratio in its interval at all looks of 95 of 100 runs', function () {
    this.timeout(20_000);
    const runs = 100;
    for (const place of [34, 40, 52]) {
      let lost = 0;
      for (let run = 0; run < runs; run += 1) {
        const random = randomOfRun(run);
        let likelihoods = noLikelihoods;
        let interval: GridInterval = wholeGrid;
        for (let look = 0; look < 40; look += 1) {
          const canary = poisson(3 * (gridRatios[place] ?? 1), random);
          likelihoods = addInterval(likelihoods, { share: 0.25, canary, baseline: poisson(9, random) });
          interval = narrow(interval, evidenceOf(likelihoods), alpha);
        }
        if (place < interval.low || place > interval.high) lost += 1;
      }
      expect(lost / runs, String(place)).to.be.at.most(alpha);
    }
  });

  it('learns nothing from an interval without events, whatever the share', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (share) => {
        const quiet = evidenceOf(likelihoodsOf([...story, [share, 0, 0]]));
        expect(quiet.above(equal)).to.equal(evidenceOf(likelihoodsOf(story)).above(equal));
      }),
      { seed: 5, numRuns: 40 },
    );
  });

  it('finds twice and three times as many failures, and half as many, nearly always', function () {
    this.timeout(20_000);
    expect(simulate(2, 60, 80).above).to.be.at.least(0.95);
    expect(simulate(3, 60, 80).above).to.be.at.least(0.99);
    expect(simulate(0.5, 60, 80).below).to.be.at.least(0.9);
  });

  it('is read at a ratio of the grid that errs on the careful side', () => {
    expect([indexAtOrAbove(1), indexAtOrBelow(1)]).to.deep.equal([40, 40]);
    expect([indexAtOrAbove(1.5), indexAtOrBelow(1.5)]).to.deep.equal([48, 47]);
    for (const [i, ratio] of gridRatios.entries()) {
      expect([indexAtOrAbove(ratio), indexAtOrBelow(ratio)]).to.deep.equal([i, i]);
    }
  });
});
