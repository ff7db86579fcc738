import { expect } from 'chai';
import * as fc from 'fast-check';
import { instantOf } from '#core/time/instant.js';
import { randomOfRun } from '#test/fakes/seeded.js';
import { takeLook, type Look, type Sample } from './look.js';
import { wholeGrid } from './evidence/evidence.js';
import { addMeans, medianRatio, signEvidence, type SignCounts } from './evidence/mean-signs.js';
import { findNeeded } from './report/needed.js';
import { sentenceOf } from './report/words.js';
import { readSettings, type ComparisonSettings } from './settings.js';
import { beginComparison, formatState, parseState, type ComparisonState } from './state.js';

const start = instantOf(Date.UTC(2026, 0, 1));
const side = { web: { url: 'http://x' } };

function settingsOf(config: object): ComparisonSettings {
  const settings = readSettings({ kind: 'errorRate', canary: side, baseline: side, ...config });
  if (!settings.ok) return expect.fail(settings.message);
  return settings.value;
}

const lookAt = (config: object = {}): Look => ({ settings: settingsOf(config), alpha: 0.05, now: start });

const sampleOf = ([a, n, b, m]: readonly number[]): Sample => ({
  kind: 'counts',
  canary: { events: a ?? 0, total: n ?? 0 },
  baseline: { events: b ?? 0, total: m ?? 0 },
});

function after(samples: readonly Sample[], look: Look): ComparisonState {
  return samples.reduce((state, sample) => takeLook(state, sample, look), beginComparison(start));
}

const counts = fc.array(
  fc.tuple(fc.nat(40), fc.integer({ min: 40, max: 900 }), fc.nat(40), fc.integer({ min: 40, max: 900 })),
  { maxLength: 8 },
);

describe('state of a comparison', () => {
  it('is the same after it was stored, and so is everything that comes later', () => {
    fc.assert(
      fc.property(counts, counts, (before, later) => {
        const look = lookAt();
        const kept = after(before.map(sampleOf), look);
        const stored = parseState(formatState(kept)) ?? expect.fail('cannot be read');
        expect(formatState(stored)).to.equal(formatState(kept));
        const goOn = (state: ComparisonState) =>
          later.map(sampleOf).reduce((next, sample) => takeLook(next, sample, look), state);
        expect(goOn(stored).decided).to.equal(goOn(kept).decided);
        expect(goOn(stored).possible).to.deep.equal(goOn(kept).possible);
      }),
      { seed: 4, numRuns: 40 },
    );
  });

  it('has a fixed size, and no text that is something else is taken for one', () => {
    const long = after(
      Array.from({ length: 100 }, () => sampleOf([90, 9e8, 900, 9e9])),
      lookAt(),
    );
    expect(formatState(long).length).to.be.below(5000);
    for (const text of ['', 'x', '{}', '[]', '{"version":2}', '*****']) {
      expect(parseState(text)).to.equal(undefined);
    }
  });

  const unlike: readonly (readonly [string, readonly number[], string])[] = [
    ['a canary without requests', [0, 0, 50, 100], 'nothing to compare yet: the canary has no requests'],
    ['a missing baseline', [50, 100, 0, 0], 'nothing to compare yet: the baseline has no requests'],
    ['no requests at all', [0, 0, 0, 0], 'nothing to compare yet: the canary has no requests'],
    ['no failures', [0, 50, 0, 150], 'nothing to tell the two apart seen yet in 200 requests'],
  ];
  for (const [what, sample, words] of unlike) {
    it(`learns nothing from an interval with ${what}, and says so`, () => {
      const state = after([sampleOf(sample)], lookAt({ minEvents: 0 }));
      expect(state.likelihoods.every((value) => value === 0)).to.equal(true);
      expect([state.looks, state.decided, state.possible]).to.deep.equal([1, undefined, wholeGrid]);
      expect(sentenceOf(state, lookAt(), 60_000)).to.equal(words);
    });
  }

  it('counts to its least events only those that can be compared', () => {
    const look = lookAt({ minEvents: 20 });
    const state = after([sampleOf([0, 0, 500, 9000]), sampleOf([9, 100, 0, 900])], look);
    expect([state.decided, state.canary, state.baseline]).to.deep.equal([
      undefined,
      { events: 9, total: 100 },
      { events: 0, total: 900 },
    ]);
    expect(takeLook(state, sampleOf([11, 100, 0, 900]), look).decided).to.equal('worse');
  });

  it('stands huge counts, fractions and an interval that contradicts all before', () => {
    const look = lookAt({ tolerance: 1 });
    const huge = after([sampleOf([5e8, 1e12, 5e8, 1e12]), sampleOf([0.25, 0.5, 3.75, 7.5])], look);
    expect([huge.possible.low, huge.possible.high]).to.deep.equal([40, 40]);
    const turned = takeLook(huge, sampleOf([9e9, 1e10, 1e3, 1e10]), look);
    expect(turned.possible).to.deep.equal({ low: 40, high: 40 });
    expect([turned.decided, parseState(formatState(turned))?.decided]).to.deep.equal(['worse', 'worse']);
    expect(sentenceOf(turned, look, 60_000)).to.match(
      /^canary fails 10 times as often or more, between 1 and 1; /,
    );
  });

  it('stays decided once the canary is worse', () => {
    const worse = after([sampleOf([90, 100, 1, 100])], lookAt());
    expect(worse.decided).to.equal('worse');
    expect(takeLook(worse, sampleOf([0, 90_000, 900, 90_000]), lookAt()).decided).to.equal('worse');
  });
});

describe('how many more requests a decision takes', () => {
  it('is about right: with that many the evidence suffices, with a fifth it does not', () => {
    const look = lookAt({ tolerance: 1 });
    const interval = [8, 1000, 40, 9000];
    const begun = after([sampleOf(interval)], look);
    const needed = findNeeded(begun, look) ?? expect.fail('nothing needed');
    expect(needed.towards).to.equal('worse');
    const more = (part: number) => {
      const times = (part * (needed.requests ?? 0)) / 10_000;
      return takeLook(begun, sampleOf(interval.map((count) => count * times)), look).decided;
    };
    expect([more(0.2), more(1.5)]).to.deep.equal([undefined, 'worse']);
  });

  it('is what the nearer of both limits takes, when the ratio lies beyond both', () => {
    const look = lookAt();
    const state = after([sampleOf([26, 1000, 20, 1000])], look);
    const needed = findNeeded(state, look) ?? expect.fail('nothing needed');
    expect(needed.towards).to.equal('worse');
    expect(needed.looks).to.equal(Math.ceil((needed.requests ?? 0) / 2000));
  });

  it('is at least what the least number of events takes', () => {
    const look = lookAt({ minEvents: 1000, tolerance: 1 });
    const state = after([sampleOf([90, 1000, 10, 1000])], look);
    expect(findNeeded(state, look)?.requests).to.be.closeTo(18_000, 200);
  });

  it('counts looks for means', () => {
    const look = lookAt({ kind: 'mean', tolerance: 1 });
    const state = after([{ kind: 'means', canary: 120, baseline: 100 }], look);
    expect(findNeeded(state, look)).to.deep.equal({ looks: 6, towards: 'worse' });
    expect(sentenceOf(state, look, 60_000)).to.match(
      /^canary has 1\.2 times the mean, .*; about 6m more to decide$/,
    );
  });

  it('is unknown when the ratio lies between both limits', () => {
    const look = lookAt({ tolerance: 1.2, margin: 1 });
    const state = after([sampleOf([11, 1000, 10, 1000])], look);
    expect(findNeeded(state, look)).to.equal(undefined);
  });
});

describe('means compared by signs', () => {
  const countsOf = (ratios: readonly number[]): SignCounts =>
    ratios.reduce((before, ratio) => addMeans(before, ratio, 1), {});
  const bar = Math.log(20);

  it('take seven intervals at least', () => {
    expect(signEvidence(countsOf(Array.from({ length: 6 }, () => 2))).above(40)).to.be.below(bar);
    expect(signEvidence(countsOf(Array.from({ length: 7 }, () => 2))).above(40)).to.be.at.least(bar);
  });

  it('hold equal means for no evidence either way', () => {
    const equal = signEvidence(countsOf(Array.from({ length: 50 }, () => 1)));
    expect(equal.above(40)).to.be.below(0);
    expect(equal.below(40)).to.be.below(0);
    expect(medianRatio(countsOf([1, 1, 1]))).to.equal(1);
  });

  it('abort at most alpha of the runs without a difference, whatever the tails', () => {
    const random = randomOfRun(1);
    let aborted = 0;
    for (let run = 0; run < 300; run += 1) {
      let signs: SignCounts = {};
      let highest = Number.NEGATIVE_INFINITY;
      for (let look = 0; look < 60; look += 1) {
        signs = addMeans(signs, 1 / (random() + 1e-6), 1 / (random() + 1e-6));
        highest = Math.max(highest, signEvidence(signs).above(40));
      }
      if (highest >= bar) aborted += 1;
    }
    expect(aborted / 300).to.be.at.most(0.05);
  });
});
