import { formatInstant, type Instant } from '#core/time/instant.js';
import type { Release } from './releases.js';
import { reportTrial } from './report.js';
import type { Verdict } from './scenarios.js';
import type { Trial } from './trial.js';

/** What a verdict would have been worth at a release. */
type Judgement =
  /** A bad release was stopped. */
  | 'caught'
  /** A bad release went through. */
  | 'missed'
  /** A good release went through. */
  | 'passed'
  /** A good release was stopped. */
  | 'false alarm'
  /** A person would have been asked. */
  | 'paused'
  /** It was stopped because nothing could be measured, which says nothing about the gate. */
  | 'no data';

export interface BacktestRow {
  readonly release: string;
  readonly at: string;
  readonly bad: boolean;
  readonly verdict: Verdict;
  readonly afterSeconds: number;
  readonly judgement: Judgement;
  /** Which metric and which limit. */
  readonly because: string;
  /** Of a bad release that was caught: how long before its end. */
  readonly earlierSeconds?: number;
  /** Measurements that were taken, errors among them. */
  readonly measured: number;
  readonly errors: number;
}

export interface BacktestSummary {
  readonly releases: number;
  readonly bad: number;
  readonly caught: number;
  readonly missed: number;
  readonly good: number;
  readonly passed: number;
  readonly falseAlarms: number;
  readonly paused: number;
  readonly noData: number;
  /** Of those caught: the median time to the verdict. */
  readonly medianSecondsToCatch?: number;
}

/** What a gate would have said at a release. */
export function judgeRelease(release: Release, trial: Trial): BacktestRow {
  const { verdict, afterSeconds, message, timeline } = reportTrial(trial);
  const judgement = judgementOf(release, verdict);
  const measured = timeline.filter(({ what, phase }) => what === 'measured' && phase !== 'Running');
  const earlier = judgement === 'caught' ? secondsBefore(release.until, release.at, afterSeconds) : undefined;
  return {
    release: release.name,
    at: formatInstant(release.at),
    bad: release.isBad,
    verdict,
    afterSeconds,
    judgement,
    because: message,
    ...(earlier === undefined ? {} : { earlierSeconds: earlier }),
    measured: measured.length,
    errors: measured.filter(({ phase }) => phase === 'Error').length,
  };
}

function judgementOf({ isBad }: Release, verdict: Verdict): Judgement {
  switch (verdict) {
    case 'Failed':
      return isBad ? 'caught' : 'false alarm';
    case 'Error':
      return 'no data';
    case 'Inconclusive':
      return 'paused';
    case 'Successful':
    case 'Running':
      return isBad ? 'missed' : 'passed';
  }
}

function secondsBefore(until: Instant | undefined, at: Instant, afterSeconds: number): number | undefined {
  if (until === undefined) return undefined;
  return Math.max(0, (until - at) / 1000 - afterSeconds);
}

/** The rows counted. */
export function summarise(rows: readonly BacktestRow[]): BacktestSummary {
  const of = (judgement: Judgement): number => rows.filter((row) => row.judgement === judgement).length;
  const bad = rows.filter((row) => row.bad).length;
  const median = medianOf(
    rows.filter(({ judgement }) => judgement === 'caught').map(({ afterSeconds }) => afterSeconds),
  );
  return {
    releases: rows.length,
    bad,
    caught: of('caught'),
    missed: of('missed'),
    good: rows.length - bad,
    passed: of('passed'),
    falseAlarms: of('false alarm'),
    paused: of('paused'),
    noData: of('no data'),
    ...(median === undefined ? {} : { medianSecondsToCatch: median }),
  };
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
