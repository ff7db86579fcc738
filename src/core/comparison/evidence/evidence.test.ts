import { expect } from 'chai';
import * as fc from 'fast-check';
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

/** Uniform numbers from a seed, so that a simulation is the same each time (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

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
    const random = randomOf(run * 7919 + 17);
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

  it('passes the bar in at most alpha of the runs without a difference, over 60 looks', function () {
    this.timeout(20_000);
    const { above, below } = simulate(1, 60, 800);
    expect(above).to.be.at.most(alpha);
    expect(below).to.be.at.most(alpha);
  });

  it('passes the bar in at most alpha of the runs without a difference, over 200 looks', function () {
    this.timeout(20_000);
    const { above, below } = simulate(1, 200, 250);
    expect(above).to.be.at.most(alpha);
    expect(below).to.be.at.most(alpha);
  });

  it('finds twice and three times as many failures, and half as many, nearly always', function () {
    this.timeout(20_000);
    expect(simulate(2, 60, 150).above).to.be.at.least(0.95);
    expect(simulate(3, 60, 150).above).to.be.at.least(0.99);
    expect(simulate(0.5, 60, 150).below).to.be.at.least(0.9);
  });

  it('is read at a ratio of the grid that errs on the careful side', () => {
    expect([indexAtOrAbove(1), indexAtOrBelow(1)]).to.deep.equal([40, 40]);
    expect([indexAtOrAbove(1.5), indexAtOrBelow(1.5)]).to.deep.equal([48, 47]);
    for (const [i, ratio] of gridRatios.entries()) {
      expect([indexAtOrAbove(ratio), indexAtOrBelow(ratio)]).to.deep.equal([i, i]);
    }
  });
});
