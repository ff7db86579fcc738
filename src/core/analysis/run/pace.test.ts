import { expect } from 'chai';
import type { AnalysisRun, AnalysisRunStatus, MetricResult } from '#api/argoproj/analysis-run.js';
import { addMs, formatInstant, instantOf, type Instant } from '#core/time/instant.js';
import type { AnalysisSnapshot } from '../snapshot.js';
import { gatherSiblings, mayWaitUntil } from './gather.js';
import { nextStart } from './pace.js';

const epoch = instantOf(Date.UTC(2026, 0, 1));
const at = (seconds: number): Instant => addMs(epoch, seconds * 1000);
const text = (seconds: number): string => formatInstant(at(seconds));

describe('when the next measurement is due', () => {
  type Row = readonly [
    string,
    last: readonly [due: number, began: number, ended: number],
    pause: number,
    next: number,
  ];
  const rows: readonly Row[] = [
    ['a pause behind the moment at which a quick one was due', [10.2, 10.2, 10.7], 5, 15.2],
    [
      'a pause behind the moment at which a quick one was due, although it began late',
      [10.2, 10.9, 11],
      5,
      15.2,
    ],
    ['a pause behind the end of one that took a second', [9.7, 9.7, 10.7], 5, 15.7],
    ['a pause behind the end of one that took half of it', [10.2, 10.2, 10.7], 1, 11.7],
    ['at the end of the last one when there is no pause', [10.5, 10.5, 10.7], 0, 10.7],
    ['before the end of the last one when the pause is negative', [10.5, 10.5, 10.7], -5, 5.7],
    ['half a pause behind the end of one that began very late', [10, 10.9, 11], 1, 11.5],
    ['a pause behind the end of one that began out of reach', [10, 12.1, 12.2], 1, 13.2],
  ];
  for (const [name, [due, began, ended], pause, next] of rows) {
    it(name, () => {
      const last = { phase: 'Successful', finishedAt: text(ended) } as const;
      const found = nextStart(last, pause * 1000, {
        dueAt: at(due),
        startedAt: at(began),
        finishedAt: at(ended),
      });
      expect((found?.at ?? 0) - epoch).to.be.closeTo(next * 1000, 0.001);
    });
  }

  it('stands in the row of intervals, also when it has to come later', () => {
    const last = { phase: 'Successful', finishedAt: text(11) } as const;
    const pace = { dueAt: at(10), startedAt: at(10.9), finishedAt: at(11) };
    expect(nextStart(last, 1000, pace)).to.deep.equal({ at: at(11.5), dueAt: at(11) });
  });

  it('goes by the whole seconds of the status when nothing more is known, or of another measurement', () => {
    const last = { phase: 'Successful', finishedAt: text(20.7) } as const;
    const pace = { dueAt: at(10), startedAt: at(10), finishedAt: at(10.1) };
    expect(nextStart(last, 1000, undefined)?.at).to.equal(at(21));
    expect(nextStart(last, 1000, pace)?.at).to.equal(at(21));
  });
});

describe('measurements that began together', () => {
  const report = (metric: string, seconds: number): any => ({
    metric,
    measurement: { phase: 'Failed' },
    pace: { dueAt: epoch, startedAt: epoch, finishedAt: at(seconds) },
  });
  const snapshot = (now: number, rest: Partial<AnalysisSnapshot> = {}): AnalysisSnapshot => ({
    now: at(now),
    run: { spec: { metrics: [] } } as unknown as AnalysisRun,
    measuring: [],
    finished: [],
    ...rest,
  });
  const begun = new Map([
    ['a', epoch],
    ['b', epoch],
    ['c', at(-1)],
  ]);
  const gather = (given: AnalysisSnapshot) => {
    const { snapshot: seen, until } = gatherSiblings(given, begun);
    return [
      seen.finished.map(({ metric }) => metric),
      seen.measuring,
      until === undefined ? undefined : until - epoch,
    ];
  };

  it('wait for each other, no longer than a quarter of a second', () => {
    const given = { measuring: ['b'], finished: [report('a', 0.1)] };
    expect(gather(snapshot(0.1, given))).to.deep.equal([[], ['b', 'a'], 350]);
    expect(gather(snapshot(0.35, given))).to.deep.equal([['a'], ['b'], undefined]);
  });

  it('are counted when all are there', () => {
    const finished = [report('a', 0.1), report('b', 0.2)];
    expect(gather(snapshot(0.2, { finished }))).to.deep.equal([['a', 'b'], [], undefined]);
  });

  it('do not wait for one that began at another time', () => {
    const given = { measuring: ['c'], finished: [report('a', 0.1)] };
    expect(gather(snapshot(0.1, given))).to.deep.equal([['a'], ['c'], undefined]);
  });

  it('are counted together although one of them came later', () => {
    const three = new Map([...begun, ['d', epoch]]);
    const given = snapshot(0.35, { measuring: ['d'], finished: [report('a', 0.1), report('b', 0.3)] });
    expect(gatherSiblings(given, three).snapshot.finished).to.have.length(2);
  });

  it('wait for nothing when the run is told to end', () => {
    const run = { spec: { metrics: [], terminate: true } } as unknown as AnalysisRun;
    const given = { run, measuring: ['b'], finished: [report('a', 0.1)] };
    expect(gather(snapshot(0.1, given))).to.deep.equal([['a'], ['b'], undefined]);
  });
});

describe('a status that only counts successes on', () => {
  const success = (seconds: number) => ({
    phase: 'Successful' as const,
    startedAt: text(seconds),
    finishedAt: text(seconds),
  });
  const result: MetricResult = {
    name: 'a',
    phase: 'Running',
    count: 1,
    successful: 1,
    measurements: [success(0)],
  };
  const status: AnalysisRunStatus = { phase: 'Running', startedAt: text(0), metricResults: [result] };
  const run = { spec: { metrics: [] }, status } as unknown as AnalysisRun;
  const more: MetricResult = { ...result, count: 2, successful: 2, measurements: [success(0), success(1)] };
  const later = (change: Partial<MetricResult>): AnalysisRunStatus => ({
    ...status,
    metricResults: [{ ...more, ...change }],
  });
  const wait = (next: AnalysisRunStatus, storedAt: number | undefined = 0.5) =>
    mayWaitUntil(run, next, storedAt === undefined ? undefined : at(storedAt), at(1));

  it('waits until three seconds behind the last write', () => {
    expect(wait(later({}))).to.equal(at(3.5));
    expect(wait(later({}), -2)).to.equal(undefined);
  });

  it('has nothing to wait for when it says nothing new', () => expect(wait(status)).to.equal(undefined));

  const urgent: readonly (readonly [string, AnalysisRunStatus])[] = [
    [
      'a failure within its limit',
      later({ failed: 1, measurements: [success(0), { ...success(1), phase: 'Failed' }] }),
    ],
    ['an error', later({ error: 1, measurements: [success(0), { ...success(1), phase: 'Error' }] })],
    [
      'a measurement that its source has under way',
      later({ measurements: [success(0), { phase: 'Running' }] }),
    ],
    ['a metric that is done', later({ phase: 'Successful' })],
    ['what became known of the query', later({ metadata: { ResolvedPrometheusQuery: 'up' } })],
    [
      'a metric that is measured for the first time',
      { ...status, metricResults: [result, { ...result, name: 'b' }] },
    ],
    ['a run that is done', { ...later({}), phase: 'Successful' }],
    ['a message', { ...later({}), message: 'x' }],
  ];
  for (const [name, next] of urgent) {
    it(`does not wait with ${name}`, () => expect(wait(next)).to.equal(undefined));
  }

  it('does not wait in a process that has not stored anything of the run yet', () => {
    expect(mayWaitUntil(run, later({}), undefined, at(1))).to.equal(undefined);
  });
});
