import type { AnalysisRun, Measurement, MetricResult } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import { effectiveCount } from '#core/analysis/spec/count.js';
import { limitsOf } from '#core/analysis/spec/limits.js';
import { prepareRun } from '#core/analysis/spec/prepare.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import { gridRatios } from '#core/comparison/evidence/likelihood.js';
import { isComparison } from '#core/comparison/going.js';
import { readSettings } from '#core/comparison/settings.js';
import type { Instant } from '#core/time/instant.js';
import { parseLimits } from '#core/view/gates/limits.js';
import type { Limit } from '#core/view/wire/gate.js';
import { verdictOf, type Verdict } from './scenarios.js';
import type { MetricEnd, Trial, TrialRecord } from './trial.js';

/** A trial as data: for the table, the picture and JSON. Times are seconds after the start of the run. */
export interface TrialReport {
  readonly verdict: Verdict;
  /** When the verdict was given, or how far the trial came. */
  readonly afterSeconds: number;
  /** The message of the run: which metric, which limit. */
  readonly message: string;
  readonly metrics: readonly MetricReport[];
  readonly timeline: readonly TimelineEntry[];
}

export interface MetricReport {
  readonly name: string;
  readonly phase: string;
  /** It is measured, but decides nothing. */
  readonly dryRun: boolean;
  /** Which limit or count ended it; `''` while it goes on. */
  readonly because: string;
  readonly endedAfterSeconds?: number;
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly error: number;
  readonly conditions: {
    readonly success?: string;
    readonly failure?: string;
  };
  /** The lines that its conditions draw, or a comparison its tolerance. */
  readonly limits: readonly Limit[];
}

export interface TimelineEntry {
  readonly afterSeconds: number;
  readonly metric: string;
  /** `ends`: the metric came to its end. */
  readonly what: 'measured' | 'ends';
  readonly phase: string;
  readonly value: string;
  /** What the measurement says, or why the metric ended. */
  readonly message: string;
  /** `3 of 10, 1 failed of 2 tolerated`. */
  readonly soFar: string;
  readonly note?: string;
  /** Of a comparison: the ratios that are still possible. */
  readonly possible?: { readonly low: number; readonly high: number };
}

/** What is to be told of a trial. */
export function reportTrial(trial: Trial): TrialReport {
  const { run, startedAt, now, story } = trial;
  const { status } = run;
  const prepared = prepareRun(run);
  const metrics = prepared.ok ? prepared.value.metrics : [];
  const isOver = isCompletedPhase(status?.phase);
  return {
    verdict: isOver ? (verdictOf(status?.phase) ?? 'Running') : 'Running',
    afterSeconds: secondsBetween(startedAt, now),
    message: status?.message ?? '',
    metrics: metrics.map((metric) => metricReport(metric, trial)),
    timeline: story.map((part) => {
      const metric = metrics.find(({ name }) => name === part.metric);
      return part.kind === 'measured' ? measuredEntry(part, metric, startedAt) : endEntry(part, startedAt);
    }),
  };
}

function secondsBetween(from: Instant, to: Instant): number {
  return (to - from) / 1000;
}

function metricReport(metric: Metric, { run, story, startedAt }: Trial): MetricReport {
  const result = resultOf(run, metric.name);
  const end = story.find((part): part is MetricEnd => part.kind === 'ended' && part.metric === metric.name);
  const { successCondition: success = '', failureCondition: failure = '' } = metric;
  return {
    name: metric.name,
    phase: result?.phase ?? 'Pending',
    dryRun: result?.dryRun === true,
    because: end?.because ?? '',
    ...(end === undefined ? {} : { endedAfterSeconds: secondsBetween(startedAt, end.at) }),
    successful: result?.successful ?? 0,
    failed: result?.failed ?? 0,
    inconclusive: result?.inconclusive ?? 0,
    error: result?.error ?? 0,
    conditions: { ...(success === '' ? {} : { success }), ...(failure === '' ? {} : { failure }) },
    limits: limitsIn(metric),
  };
}

function limitsIn(metric: Metric): readonly Limit[] {
  if (!isComparison(metric)) {
    return [
      ...(parseLimits(metric.successCondition ?? '', 'success') ?? []),
      ...(parseLimits(metric.failureCondition ?? '', 'failure') ?? []),
    ];
  }
  const settings = readSettings(providerOf(metric).config);
  const value = settings.ok ? gridRatios[settings.value.tolerance] : undefined;
  return value === undefined ? [] : [{ op: '>', value, condition: 'failure', fails: 'above' }];
}

function resultOf({ status }: AnalysisRun, metric: string): MetricResult | undefined {
  return status?.metricResults?.find(({ name }) => name === metric);
}

function measuredEntry(
  { at, measurement, result, note }: TrialRecord,
  metric: Metric | undefined,
  startedAt: Instant,
): TimelineEntry {
  const { phase, value = measurement.metadata?.['ratio'] ?? '', message } = measurement;
  return {
    afterSeconds: secondsBetween(startedAt, at),
    metric: result.name,
    what: 'measured',
    phase,
    value,
    message: message ?? measurement.metadata?.['says'] ?? '',
    soFar: metric === undefined ? '' : describeCounters(metric, result),
    ...(note === undefined ? {} : { note }),
    ...possibleIn(measurement),
  };
}

function possibleIn({ metadata }: Measurement): Pick<TimelineEntry, 'possible'> {
  const [low, high] = [Number(metadata?.['ratioLow']), Number(metadata?.['ratioHigh'])];
  return low > 0 && high > 0 ? { possible: { low, high } } : {};
}

function endEntry({ at, metric, phase, because, isDryRun }: MetricEnd, startedAt: Instant): TimelineEntry {
  return {
    afterSeconds: secondsBetween(startedAt, at),
    metric,
    what: 'ends',
    phase,
    value: '',
    message: because,
    soFar: '',
    ...(isDryRun ? { note: 'dry run: does not count' } : {}),
  };
}

/** How far a metric is with its count, and what of its limits is used up. */
function describeCounters(metric: Metric, result: MetricResult): string {
  const limits = limitsOf(metric);
  const wanted = effectiveCount(metric);
  const { count = 0, failed = 0, inconclusive = 0, consecutiveError = 0, consecutiveSuccess = 0 } = result;
  const used = (number: number, word: string, limit: number): readonly string[] =>
    number === 0 ? [] : [`${number} ${word}${limit < 0 ? '' : ` of ${limit} tolerated`}`];
  return [
    wanted === undefined ? String(count) : `${count} of ${wanted}`,
    ...used(failed, 'failed', limits.failure),
    ...used(inconclusive, 'inconclusive', limits.inconclusive),
    ...used(consecutiveError, consecutiveError === 1 ? 'error' : 'errors in a row', limits.consecutiveError),
    ...(limits.consecutiveSuccess > 0
      ? [`${consecutiveSuccess} of ${limits.consecutiveSuccess} successes in a row`]
      : []),
  ].join(', ');
}
