import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as fc from 'fast-check';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { formatGoDuration } from '#core/time/duration.js';
import { addMs, formatInstant, instantOf } from '#core/time/instant.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { judgeRelease, summarise } from './backtest.js';
import { buildGate } from './gate.js';
import { plotTrial } from './plot.js';
import { parseReleases, quietReleases } from './releases.js';
import { reportTrial, type TimelineEntry } from './report.js';
import { parseScenarios } from './scenarios.js';
import { parseSeries } from './series.js';
import { findSeriesProblems, simulate } from './simulate.js';

const epoch = instantOf(Date.UTC(2026, 0, 1));

function load(file: string): any[] {
  const path = new URL(`../../../test/cases/gate-trial/${file}.yaml`, import.meta.url);
  const parsed = parseYaml(readFileSync(path, 'utf8'));
  if (!parsed.ok) throw new Error(`${file}: ${parsed.problem.message} in line ${parsed.problem.line ?? 0}`);
  return parsed.value as any[];
}

const plain = {
  name: 'm',
  interval: '1m',
  count: 3,
  failureLimit: 0,
  successCondition: 'result[0] >= 1',
  provider: { prometheus: { query: 'x' } },
};

function runOf({ metrics = [{}], dryRun }: { metrics?: readonly object[]; dryRun?: unknown }): AnalysisRun {
  const all = metrics.map((metric) =>
    Object.fromEntries(Object.entries({ ...plain, ...metric }).filter(([, value]) => value !== null)),
  );
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'r' },
    spec: { metrics: all, ...(dryRun === undefined ? {} : { dryRun }) },
  } as unknown as AnalysisRun;
}

function seriesOf(given: unknown) {
  const series = parseSeries(given);
  if (!series.ok) throw new Error(JSON.stringify(series.problems));
  return series.value;
}

function told({ afterSeconds, metric, what, value, phase, message, soFar, note }: TimelineEntry): string {
  const remarks = what === 'ends' ? [message, note?.replace(':', ' -')] : [soFar, note, message];
  const remark = remarks.filter((part) => part !== undefined && part !== '').join('; ');
  return `${formatGoDuration(afterSeconds * 1000)} ${metric} ${what === 'ends' ? 'ends' : value} ${phase} ${remark}`;
}

describe('a simulation', () => {
  for (const { name, series, verdict, message, told: lines, end, stopAfter, ...spec } of load('simulate')) {
    it(name, () => {
      const options = stopAfter === undefined ? {} : { stopAfterMs: stopAfter * 1000 };
      const played = simulate(runOf(spec), seriesOf(series), { startedAt: epoch, ...options });
      const report = reportTrial(played.trial);
      expect(`${report.verdict} after ${formatGoDuration(report.afterSeconds * 1000)}`).to.equal(verdict);
      if (message !== undefined) expect(report.message).to.equal(message);
      if (lines !== undefined) expect(report.timeline.map(told)).to.deep.equal(lines);
      expect(played.end).to.equal(end ?? 'completed');
    });
  }

  it('is over for any data, and its verdict is the one of its metrics', () => {
    const entries = fc.array(fc.constantFrom(0, 1, 2, Number.NaN, [], { error: 'x' }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        entries,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 3 }),
        (m, count, limit) => {
          const run = runOf({ metrics: [{ count: count + limit, failureLimit: limit }] });
          const { trial, end } = simulate(run, seriesOf({ m }), { startedAt: epoch });
          const report = reportTrial(trial);
          expect(end).to.equal('completed');
          expect(report.verdict).to.equal(report.metrics[0]?.phase);
          const { successful = 0, failed = 0, error = 0 } = report.metrics[0] ?? {};
          expect(report.timeline.filter(({ what }) => what === 'measured')).to.have.length(
            successful + failed + error,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is drawn with numbers alone and closed tags, whatever was measured', () => {
    const values = fc.array(
      fc.oneof(fc.double(), fc.constantFrom([], { error: '<&>' }, 'a "b"', { value: { a: 1 } })),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(values, fc.double({ noDefaultInfinity: true, noNaN: true }), (m, limit) => {
        const run = runOf({ metrics: [{ successCondition: `result[0] > ${limit}`, failureLimit: 2 }] });
        const { trial } = simulate(run, seriesOf({ m }), { startedAt: epoch });
        const drawn = plotTrial('a <b> & c', reportTrial(trial));
        const withoutTexts = drawn.replaceAll(/>[^<]*</g, '><');
        expect(withoutTexts).not.to.match(/NaN|Infinity|undefined/);
        const open = [...drawn.matchAll(/<(\w+)(?:\s[^>]*[^/])?>/g)].map(([, tag]) => tag);
        const closed = [...drawn.matchAll(/<\/(\w+)>/g)].map(([, tag]) => tag);
        expect(open).to.have.members(closed);
      }),
      { numRuns: 60 },
    );
  });

  it('wants data for each metric, and a metric for all data', () => {
    const run = runOf({ metrics: [{ name: 'a' }, { name: 'b' }] });
    expect(findSeriesProblems(run, seriesOf({ a: [1], c: [1] }))).to.deep.equal([
      { path: 'c', message: 'is no metric of the gate; it has "a", "b"' },
      { path: '', message: 'has no values for the metric "b"' },
    ]);
  });
});

describe('a data file', () => {
  for (const { name, scenarios, releases, says } of load('data')) {
    it(`is refused for ${name}`, () => {
      const parsed = releases === undefined ? parseScenarios(scenarios) : parseReleases(releases);
      const said = parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
      expect(said).to.have.length(says.length, said.join('\n'));
      for (const [i, line] of says.entries())
        expect(said[i]).to.satisfy((one: string) => one.startsWith(line), said[i]);
    });
  }

  it('may repeat a number in one text, and name NaN and infinities', () => {
    const series = seriesOf({ m: ['0.9 x 3', '1 × 2', '-Inf', 'NaN', 'text', '5'] });
    expect(
      series.get('m')?.map(({ entry, times }) => [entry.kind === 'value' && entry.value, times]),
    ).to.deep.equal([
      [0.9, 3],
      [1, 2],
      [-Infinity, 1],
      [Number.NaN, 1],
      ['text', 1],
      [5, 1],
    ]);
  });
});

describe('the gate of some files', () => {
  const template = (name: string, spec: object): any => ({
    kind: 'AnalysisTemplate',
    metadata: { name },
    spec,
  });
  const two = [
    template('a', {
      metrics: [{ ...plain, name: 'a' }],
      args: [{ name: 'x' }],
      templates: [{ templateName: 'b' }],
    }),
    template('b', { metrics: [{ ...plain, name: 'b' }] }),
  ];
  const messageOf = (outcome: ReturnType<typeof buildGate>) =>
    outcome.ok ? outcome.value.subject : outcome.message;

  for (const [words, files, order, expected] of [
    ['is that of the template that none names', two, { args: { x: '1' } }, 'AnalysisTemplate/a'],
    ['is that of the template that is named', two, { names: ['b'] }, 'AnalysisTemplate/b'],
    ['wants values', two, {}, 'an argument has no value: add --arg x=…'],
    ['wants no others', two, { args: { x: '1', y: '2' } }, 'argument "y" is not declared: it takes x'],
    [
      'knows its names',
      two,
      { names: ['c'] },
      'no template or run is named "c"; there are AnalysisTemplate/a, AnalysisTemplate/b',
    ],
    [
      'is none without a template',
      [],
      {},
      'there is no AnalysisTemplate, ClusterAnalysisTemplate or AnalysisRun in it',
    ],
    [
      'is none in a circle',
      [template('a', { templates: [{ templateName: 'a' }] })],
      {},
      'analysis templates reference each other in a circle: AnalysisTemplate/a -> AnalysisTemplate/a',
    ],
  ] as const) {
    it(words, () => {
      const built = buildGate({ templates: files, runs: [] }, { names: [], args: {}, ...order });
      expect(messageOf(built)).to.equal(expected);
    });
  }

  it('keeps the Secret of an argument, and its value apart', () => {
    const secret = { name: 'x', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
    const files = { templates: [template('a', { metrics: [plain], args: [secret] })], runs: [] };
    const built = buildGate(files, { names: [], args: { x: 'hush' } });
    expect(built.ok && [built.value.run.spec.args, built.value.secrets]).to.deep.equal([
      [secret],
      [{ name: 's', key: 'k', value: 'hush' }],
    ]);
  });
});

describe('a backtest', () => {
  const release = (bad: boolean, more: object = {}) => {
    const parsed = parseReleases([{ at: '2026-01-01T00:00:00Z', bad, ...more }]);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return parsed.value[0]!;
  };
  const trialOf = (metric: object, m: readonly unknown[]) =>
    simulate(runOf({ metrics: [metric] }), seriesOf({ m }), { startedAt: epoch }).trial;

  for (const [bad, m, judgement, metric] of [
    [true, [1, 0], 'caught', {}],
    [true, [1], 'missed', {}],
    [false, [1], 'passed', {}],
    [false, [0], 'false alarm', {}],
    [false, [{ error: 'x' }], 'no data', {}],
    [true, [0.5], 'paused', { failureCondition: 'result[0] < 0' }],
  ] as const) {
    it(`calls a ${bad ? 'bad' : 'good'} release with ${JSON.stringify(m)} ${judgement}`, () => {
      expect(judgeRelease(release(bad), trialOf(metric, m)).judgement).to.equal(judgement);
    });
  }

  it('says how long before the end a bad release was caught, and how long it took', () => {
    const rows = [60, 120, 600].map((seconds) =>
      judgeRelease(
        release(true, { until: '2026-01-01T01:00:00Z' }),
        trialOf({ initialDelay: `${seconds}s` }, [0]),
      ),
    );
    expect(rows.map(({ earlierSeconds }) => earlierSeconds)).to.deep.equal([3540, 3480, 3000]);
    expect(summarise(rows)).to.deep.include({
      bad: 3,
      caught: 3,
      missed: 0,
      good: 0,
      medianSecondsToCatch: 120,
    });
  });

  it('takes quiet times that touch no release', () => {
    const known = [release(true, { at: '2026-01-01T02:30:00Z' })];
    const quiet = quietReleases(epoch, addMs(epoch, 5 * 3_600_000), {
      everyMs: 3_600_000,
      lastMs: 1_800_000,
      known,
    });
    expect(quiet.map(({ at }) => formatInstant(at).slice(11, 16))).to.deep.equal([
      '00:00',
      '01:00',
      '02:00',
      '03:00',
      '04:00',
    ]);
    const longer = quietReleases(epoch, addMs(epoch, 5 * 3_600_000), {
      everyMs: 3_600_000,
      lastMs: 3_600_000,
      known,
    });
    expect(longer.map(({ at }) => formatInstant(at).slice(11, 16))).to.deep.equal([
      '00:00',
      '01:00',
      '04:00',
    ]);
  });
});
