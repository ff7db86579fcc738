import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as fc from 'fast-check';
import type { AnalysisRun, MetricResult } from '#api/argoproj/analysis-run.js';
import { addMs, formatInstant, instantOf, type Instant } from '#core/time/instant.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { assessMetric, findExceededLimit } from './judge/assess-metric.js';
import { decideAnalysisRun } from './decide.js';
import { findDue } from './run/due.js';
import { judgeMeasurement, type SourceOutcome } from './judge/judge.js';
import { playRun } from '#test/cases/analysis-play.js';

function load(file: string): any[] {
  const path = new URL(`../../../test/cases/analysis/${file}.yaml`, import.meta.url);
  const parsed = parseYaml(readFileSync(path, 'utf8'));
  if (!parsed.ok) throw new Error(`${file}: ${parsed.problem.message} in line ${parsed.problem.line ?? 0}`);
  return parsed.value as any[];
}

const epoch = instantOf(Date.UTC(2026, 0, 1));
const at = (seconds: number): Instant => addMs(epoch, seconds * 1000);
const text = (seconds: unknown) => (typeof seconds === 'number' ? { at: formatInstant(at(seconds)) } : {});
const completed = (metric: object) =>
  ({ name: 'm', provider: { web: { url: 'http://x' } }, ...metric }) as any;

function runOf(spec: object, status?: object): AnalysisRun {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'r', namespace: 'shop' },
    spec,
    ...(status === undefined ? {} : { status }),
  } as AnalysisRun;
}

/** The measurement of a case with its times as texts. */
function measurement({ startedAt, finishedAt, resumeAt, ...rest }: any): any {
  return {
    ...rest,
    ...(startedAt === undefined ? {} : { startedAt: text(startedAt).at }),
    ...(finishedAt === undefined ? {} : { finishedAt: text(finishedAt).at }),
    ...(resumeAt === undefined ? {} : { resumeAt: text(resumeAt).at }),
  };
}

describe('validation of a run', () => {
  for (const { name, message, prefix, metrics, ...spec } of load('validation')) {
    it(
      message === undefined && prefix === undefined ? `has nothing against ${name}` : `refuses ${name}`,
      () => {
        const run = runOf({ ...spec, metrics: metrics.map(completed) });
        const { status, events, actions } = decideAnalysisRun({
          now: epoch,
          run,
          measuring: [],
          finished: [],
        });
        if (prefix !== undefined) {
          expect([status?.phase, status?.message?.startsWith(prefix)]).to.deep.equal(['Error', true]);
          return;
        }
        if (message === undefined) {
          expect(status?.phase).to.equal('Running');
          return;
        }
        expect(status).to.deep.equal({ phase: 'Error', message });
        expect(events.map(({ reason }) => reason)).to.deep.equal(['AnalysisRunError']);
        expect(actions).to.deep.equal([]);
      },
    );
  }
});

describe('the next measurement', () => {
  for (const { name, metric = {}, result, terminating = false, startedAt = 0, due } of load('due')) {
    it(name, () => {
      const found = findDue({
        metric: completed(metric),
        result: result && {
          name: 'm',
          phase: 'Running',
          ...result,
          measurements: result.measurements?.map(measurement),
        },
        startedAt: startedAt === null ? undefined : at(startedAt),
        isTerminating: terminating,
        now: at(100),
      });
      const seconds = 'at' in found ? (found.at - epoch) / 1000 : undefined;
      expect(seconds === undefined ? found.kind : { [found.kind]: seconds }).to.deep.equal(due);
    });
  }
});

describe('the outcome of a measurement', () => {
  for (const { value, success, failure, phase, message } of load('outcome')) {
    it(`${String(value)} by ${success ?? 'no condition'} and ${failure ?? 'no condition'} is ${phase}`, () => {
      const metric = completed({ successCondition: success, failureCondition: failure });
      const outcome: SourceOutcome = { kind: 'value', result: value, value: String(value) };
      const judged = judgeMeasurement(metric, outcome, { startedAt: epoch, finishedAt: epoch });
      expect([judged.phase, judged.message]).to.deep.equal([phase, message]);
      if (phase === 'Error') expect(judged.value).to.equal(undefined);
    });
  }
});

describe('the phase of a metric', () => {
  for (const {
    name,
    metric = {},
    result = {},
    was = 'Running',
    last,
    terminating = false,
    phase,
    reason,
  } of load('metric')) {
    it(name, () => {
      const measurements = last === undefined ? [] : [{ phase: last }];
      const full: MetricResult = { name: 'm', phase: was, ...result, measurements };
      expect(assessMetric(completed(metric), full, terminating)).to.equal(phase);
      expect(findExceededLimit(completed(metric), full)?.reason).to.equal(reason);
    });
  }
});

describe('whole runs', () => {
  const cases = ['runs', 'runs-time', 'runs-together', 'runs-limits'].flatMap(load);
  for (const {
    name,
    metrics,
    args,
    dryRun,
    measurementRetention,
    asked,
    status,
    events,
    results,
    terminated = false,
    ...given
  } of cases) {
    it(name, () => {
      const spec = {
        metrics: metrics.map((metric: object) => completed({ successCondition: 'result >= 1', ...metric })),
        ...(args === undefined ? {} : { args }),
        ...(dryRun === undefined ? {} : { dryRun }),
        ...(measurementRetention === undefined ? {} : { measurementRetention }),
        ...(terminated === true ? { terminate: true } : {}),
      };
      const played = playRun({ spec, ...given }, runOf(spec));
      if (asked !== undefined) expect(played.asked).to.deep.equal(asked);
      expect(played.run.status).to.deep.include(status);
      if (status.message === undefined) expect(played.run.status).not.to.have.property('message');
      if (events !== undefined) expect(played.events).to.deep.equal(events);
      for (const [metric, { kept, ...wanted }] of Object.entries<any>(results ?? {})) {
        const result = played.run.status?.metricResults?.find((other) => other.name === metric);
        expect(result).to.deep.include(wanted);
        if (kept !== undefined) expect(result?.measurements).to.have.length(kept);
      }
    });
  }

  it('end, and their counters add up, whatever is measured', () => {
    const answers = fc.array(fc.constantFrom(1, 0, 'down'), { minLength: 1, maxLength: 8 });
    const limits = fc.record({
      count: fc.integer({ min: 1, max: 5 }),
      failureLimit: fc.integer({ min: 0, max: 3 }),
      consecutiveErrorLimit: fc.integer({ min: 0, max: 3 }),
      interval: fc.constantFrom('1s', '90s', '0s'),
    });
    fc.assert(
      fc.property(answers, answers, limits, limits, fc.boolean(), (a, b, limitsA, limitsB, isDryRun) => {
        const bounded = ({ count, failureLimit, ...rest }: any) => ({
          ...rest,
          count: count + failureLimit,
          failureLimit,
          successCondition: 'result >= 1',
        });
        const metrics = [
          completed({ name: 'a', ...bounded(limitsA) }),
          completed({ name: 'b', ...bounded(limitsB) }),
        ];
        const spec = { metrics, ...(isDryRun ? { dryRun: [{ metricName: 'b' }] } : {}) };
        const { run, asked } = playRun({ spec, script: { a: [...a, 1], b: [...b, 1] } }, runOf(spec));
        for (const result of run.status?.metricResults ?? []) {
          const { count = 0, successful = 0, failed = 0, inconclusive = 0, error = 0 } = result;
          expect(count).to.equal(successful + failed + inconclusive);
          expect(asked[result.name]).to.have.length(count + error);
        }
        const bad = (run.status?.metricResults ?? []).filter(
          ({ name, phase }) => phase !== 'Successful' && !(isDryRun && name === 'b'),
        );
        expect(run.status?.phase === 'Successful').to.equal(bad.length === 0);
      }),
      { numRuns: 150 },
    );
  });

  it('end in the same way however often the process is killed, and count nothing twice', () => {
    const metricOf = fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      failureLimit: fc.integer({ min: 0, max: 2 }),
      interval: fc.constantFrom('1s', '7s', '0s', '90s'),
      initialDelay: fc.constantFrom('', '3s', '20s'),
    });
    const kills = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 5 });
    const answer = fc.constantFrom(1, 0, 'down');
    const takes = fc.constantFrom(0, 0.3, 2);
    fc.assert(
      fc.property(metricOf, metricOf, answer, answer, takes, kills, (a, b, one, two, seconds, killAt) => {
        const metrics = [a, b].map(({ count, ...rest }, i) =>
          completed({
            ...rest,
            name: i === 0 ? 'a' : 'b',
            count: count + rest.failureLimit,
            successCondition: 'result >= 1',
            consecutiveErrorLimit: 2,
          }),
        );
        const spec = { metrics, measurementRetention: [{ metricName: '.*', limit: 99 }] };
        const given = { spec, script: { a: [one], b: [two] }, takes: { a: seconds } };
        const calm = playRun(given, runOf(spec));
        const { run, asked } = playRun({ ...given, killAt }, runOf(spec));
        expect(run.status?.phase).to.equal(calm.run.status?.phase);
        for (const { name, count = 0, error = 0, measurements = [] } of run.status?.metricResults ?? []) {
          expect(measurements).to.have.length(count + error);
          // Each kill may lose one that is under way, and so may the end of the run.
          expect(asked[name]?.length).to.be.within(count + error, count + error + killAt.length + 1);
          const times = measurements.flatMap(({ startedAt, finishedAt }) => [startedAt, finishedAt]);
          expect(times).to.deep.equal(times.toSorted());
        }
      }),
      { numRuns: 80 },
    );
  });

  it('have nothing to say once they are completed', () => {
    const spec = { metrics: [completed({})] };
    const { run } = playRun({ spec, script: { m: [1] } }, runOf(spec));
    const again = decideAnalysisRun({ now: at(500), run, measuring: [], finished: [] });
    expect([again.status, again.actions, again.events]).to.deep.equal([run.status, [], []]);
  });
});
