import { expect } from 'chai';
import { join, joinClusters, readCounts, readNumber, readSide } from './sample.js';
import { readSettings } from './settings.js';

const side = { web: { url: 'http://x' } };
const valid = { kind: 'errorRate', canary: side, baseline: side };

const problem = (config: unknown): string => {
  const settings = readSettings(config);
  return settings.ok ? '' : settings.message;
};

describe('settings of a comparison', () => {
  it('have defaults', () => {
    expect(readSettings(valid)).to.deep.equal({
      ok: true,
      value: {
        kind: 'errorRate',
        canary: { kind: 'whole', provider: side },
        baseline: { kind: 'whole', provider: side },
        tolerance: 40,
        margin: 47,
        alpha: 0.05,
        minEvents: 10,
        maxDurationMs: 3_600_000,
        warmUpMs: 0,
        onUndecided: 'inconclusive',
      },
    });
  });

  it('may be texts, as arguments are, and the limit of good enough follows the tolerance', () => {
    const settings = readSettings({ ...valid, tolerance: '2', alpha: '0.01', minEvents: '50' });
    expect(settings.ok && settings.value).to.deep.include({
      tolerance: 53,
      margin: 52,
      alpha: 0.01,
      minEvents: 50,
    });
  });

  const wrong: readonly (readonly [config: unknown, message: string])[] = [
    [undefined, 'must be an object'],
    [{ ...valid, kind: 'p99' }, 'kind must be one of errorRate, latencyOver, mean'],
    [{ ...valid, tolerence: 1 }, 'tolerence is no setting of a comparison'],
    [{ ...valid, tolerance: '' }, 'tolerance must be a number from 0.1 to 9.4'],
    [{ ...valid, tolerance: Number.NaN }, 'tolerance must be a number from 0.1 to 9.4'],
    [{ ...valid, margin: 11 }, 'margin must be a number from 0.11 to 10'],
    [{ ...valid, alpha: 0 }, 'alpha must be a number from 1e-9 to 0.5'],
    [{ ...valid, minEvents: -1 }, 'minEvents must be a number of at least 0'],
    [{ ...valid, maxDuration: 'soon' }, 'maxDuration must be a duration like 30m'],
    [{ ...valid, warmUp: 5 }, 'warmUp must be a duration like 30m'],
    [{ ...valid, onUndecided: 'fail' }, 'onUndecided must be one of inconclusive, successful'],
    [{ ...valid, clusterBy: 7 }, 'clusterBy must name a label, for instance pod'],
    [{ ...valid, kind: 'mean', clusterBy: 'pod' }, 'clusterBy is not offered for a mean'],
    [{ kind: 'mean', canary: side }, 'baseline must say where its numbers come from'],
    [{ ...valid, canary: { ...side, job: {} } }, 'canary must hold exactly one metric provider'],
    [{ ...valid, canary: { events: side } }, 'canary.total must hold exactly one metric provider'],
    [
      { ...valid, kind: 'mean', canary: { events: side, total: side } },
      'canary of a mean must be one metric provider',
    ],
    [
      { ...valid, canary: { plugin: { 'sluice.dev/comparison': {} } } },
      'canary must name exactly one plugin, which is no comparison itself',
    ],
  ];
  for (const [config, message] of wrong) {
    it(`are refused: ${message}`, () => {
      expect(problem(config)).to.equal(message);
    });
  }
});

describe('numbers of a side', () => {
  const counts = (events: number, total: number) => ({ ok: true, value: { events, total } });
  const no = (message: string) => ({ ok: false, message });

  it('are read from objects, lists, texts and whole numbers', () => {
    expect(readCounts({ events: 3, total: 50n })).to.deep.equal(counts(3, 50));
    expect(readCounts(new Float64Array([3, 50]))).to.deep.equal(counts(3, 50));
    expect(readCounts(['3', '50'])).to.deep.equal(counts(3, 50));
    expect(readNumber(new Float64Array([0.5]))).to.deep.equal({ ok: true, value: 0.5 });
  });

  it('are 0 where a query for one of them finds nothing', () => {
    expect(readNumber(new Float64Array(0), 0)).to.deep.equal({ ok: true, value: 0 });
    expect(readNumber(new Float64Array(0))).to.deep.equal(no('gave 0 values instead of one'));
  });

  it('are read from the buckets of a histogram by their bound', () => {
    const buckets = { '0.1': 70, '0.50': 90, '+Inf': 100 };
    expect(readCounts(buckets, '0.5')).to.deep.equal(counts(10, 100));
    expect(readCounts(buckets)).to.deep.equal(no('gave buckets, but no threshold is set'));
    expect(readCounts(buckets, '2')).to.deep.equal(no('has no bucket with the upper bound 2'));
  });

  it('are read by cluster, as objects by name', () => {
    const byPod = { a: { events: 1, total: 10 }, b: [2, 20] };
    expect(readSide(byPod, { clusterBy: 'pod' })).to.deep.equal({
      ok: true,
      value: { events: 3, total: 30, clusters: { a: { events: 1, total: 10 }, b: { events: 2, total: 20 } } },
    });
    const slow = { a: { '0.5': 8, '+Inf': 10 } };
    expect(readSide(slow, { clusterBy: 'pod', threshold: '0.5' })).to.deep.nested.include({
      'value.clusters.a': { events: 2, total: 10 },
    });
    expect(readSide([], { clusterBy: 'pod' })).to.deep.equal({
      ok: true,
      value: { events: 0, total: 0, clusters: {} },
    });
    expect(readSide([3, 50], { clusterBy: 'pod' })).to.deep.equal(no('gave no numbers by cluster'));
    expect(readSide({ a: 3 }, { clusterBy: 'pod' })).to.deep.equal(
      no('a: gave neither events and total nor buckets'),
    );
  });

  it('are joined by cluster, of which one that never failed is left out of the failures', () => {
    expect(joinClusters({ a: 1 }, { a: 10, b: 20 })).to.deep.equal({
      ok: true,
      value: { events: 1, total: 30, clusters: { a: { events: 1, total: 10 }, b: { events: 0, total: 20 } } },
    });
    expect(joinClusters(new Float64Array(0), { a: 10 })).to.have.property('ok', true);
    expect(joinClusters({ a: Number.NaN }, { a: 10 })).to.deep.equal(
      no('a: events: gave NaN instead of a number'),
    );
    expect(joinClusters(3, { a: 10 })).to.deep.equal(no('events: gave no numbers by cluster'));
  });

  it('are refused when they are no counts', () => {
    expect(readCounts('ok')).to.deep.equal(no('gave neither events and total nor buckets'));
    expect(readCounts({ events: Number.NaN, total: 1 })).to.deep.equal(
      no('events: gave NaN instead of a number'),
    );
    expect(readCounts([Number.POSITIVE_INFINITY, 1])).to.deep.equal(
      no('events: gave Infinity instead of a number'),
    );
    expect(readCounts({ events: -1, total: 1 })).to.deep.equal(no('gave a negative count'));
    expect(readNumber([1, 2])).to.deep.equal(no('gave 2 values instead of one'));
    expect(readNumber('much')).to.deep.equal(no('gave NaN instead of a number'));
  });

  it('are as many requests as failures at least, for two questions are not asked at one moment', () => {
    expect(join({ ok: true, value: 3 }, { ok: true, value: 2 })).to.deep.equal(counts(3, 3));
  });
});
