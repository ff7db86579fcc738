import { readFileSync } from 'node:fs';
import { expect } from 'chai';
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

describe('a pass over a run under way', () => {
  for (const { name, metrics, results = {}, fresh = false, measuring = [], begins, again, ...spec } of load(
    'requeue',
  )) {
    it(name, () => {
      const metricResults = Object.entries<any>(results).map(([metric, result]) => ({
        name: metric,
        phase: 'Running',
        ...result,
        measurements: result.measurements.map(measurement),
      }));
      const status = { phase: 'Running', startedAt: text(0).at, metricResults };
      const run = runOf({ ...spec, metrics: metrics.map(completed) }, fresh === true ? undefined : status);
      const { actions, requeueAt } = decideAnalysisRun({ now: at(100), run, measuring, finished: [] });
      const begun = actions.map((action: any) => `${action.kind} ${action.name ?? action.metrics.join(' ')}`);
      expect([begun, requeueAt === undefined ? undefined : (requeueAt - epoch) / 1000]).to.deep.equal([
        begins,
        again,
      ]);
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

  it('have nothing to say once they are completed', () => {
    const spec = { metrics: [completed({})] };
    const { run } = playRun({ spec, script: { m: [1] } }, runOf(spec));
    const again = decideAnalysisRun({ now: at(500), run, measuring: [], finished: [] });
    expect([again.status, again.actions, again.events]).to.deep.equal([run.status, [], []]);
  });
});
