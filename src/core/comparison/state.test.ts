import { expect } from 'chai';
import * as fc from 'fast-check';
import { instantOf } from '#core/time/instant.js';
import { takeLook, type Look, type Sample } from './look.js';
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

  it('learns nothing from an interval in which all requests went to one side', () => {
    const state = after([sampleOf([0, 0, 50, 100]), sampleOf([50, 100, 0, 0])], lookAt());
    expect(state.likelihoods.every((value) => value === 0)).to.equal(true);
    expect([state.looks, state.canary.total + state.baseline.total]).to.deep.equal([2, 0]);
    expect(sentenceOf(state, lookAt(), 60_000)).to.equal(
      'nothing to compare yet: the baseline has no requests',
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
    let seed = 12345;
    const random = () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed / 0x7fffffff;
    };
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
