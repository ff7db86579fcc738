import type { Measurement, MetricResult } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs, parseInstant, type Instant } from '#core/time/instant.js';
import { effectiveCount } from '../spec/count.js';
import { isCompletedPhase } from '../run-model.js';
import { nextStart, type NextStart, type Pace } from './pace.js';

const retryAfterErrorMs = 10_000;

/** What a metric wants next. */
export type Due =
  /** Measure at that moment, at once when it has passed. */
  | ({ readonly kind: 'start' } & NextStart)
  /** Look after the measurement that is under way at its source. */
  | { readonly kind: 'resume'; readonly at: Instant }
  /** End the measurement that is under way at its source, now. */
  | { readonly kind: 'terminate' }
  | { readonly kind: 'nothing' };

export interface DueInput {
  readonly metric: Metric;
  readonly result: MetricResult | undefined;
  /** When the run began; absent on its very first pass. */
  readonly startedAt: Instant | undefined;
  readonly isTerminating: boolean;
  readonly now: Instant;
  /** Of the last measurement, where this process took it. */
  readonly pace?: Pace | undefined;
}

/** When a metric is to be measured next. The interval counts from the end of the last measurement. */
export function findDue(input: DueInput): Due {
  const { metric, result, now } = input;
  if (isCompletedPhase(result?.phase)) return { kind: 'nothing' };
  const last = result?.measurements?.at(-1);
  if (last !== undefined && last.finishedAt === undefined) {
    return input.isTerminating
      ? { kind: 'terminate' }
      : { kind: 'resume', at: parseInstant(last.resumeAt) ?? now };
  }
  if (input.isTerminating) return { kind: 'nothing' };
  if (last === undefined) return firstDue(input);
  const wanted = effectiveCount(metric);
  if (wanted !== undefined && (result?.count ?? 0) >= wanted) return { kind: 'nothing' };
  return start(nextStart(last, pauseAfter(last, metric), input.pace) ?? now);
}

function firstDue({ metric, startedAt, now }: DueInput): Due {
  const delay = metric.initialDelay === undefined ? undefined : parseGoDuration(metric.initialDelay);
  if (delay === undefined) return start(now);
  return startedAt === undefined ? { kind: 'nothing' } : start(addMs(startedAt, delay));
}

function start(next: NextStart | Instant): Due {
  return typeof next === 'number' ? { kind: 'start', at: next, dueAt: next } : { kind: 'start', ...next };
}

function pauseAfter(last: Measurement, metric: Metric): number {
  if (last.phase === 'Error') return retryAfterErrorMs;
  return parseGoDuration(metric.interval ?? '') ?? retryAfterErrorMs;
}
