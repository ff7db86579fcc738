import type { Measurement, MetricResult } from '#api/argoproj/analysis-run.js';
import type { Pace } from './pace.js';

/** A measurement that ended (or began, for sources that take their time) and is not in the status yet. */
export interface FinishedMeasurement {
  readonly metric: string;
  readonly measurement: Measurement;
  /** Goes into the metadata of the metric, not of the measurement. */
  readonly resultMetadata?: Readonly<Record<string, string>>;
  /** Its source was asked to end it; even if it goes on there, nobody waits for it. */
  readonly isTerminated?: boolean;
  /** To the millisecond. */
  readonly pace?: Pace;
}

/** The result of a metric with a measurement counted in. One that was under way gives way to its end. */
export function recordMeasurement(
  before: MetricResult | undefined,
  finished: FinishedMeasurement,
  isDryRun: boolean,
): MetricResult {
  const { measurement, resultMetadata } = finished;
  const list = before?.measurements ?? [];
  const last = list.at(-1);
  const kept = last !== undefined && last.finishedAt === undefined ? list.slice(0, -1) : list;
  const result: MetricResult = {
    ...(before ?? { name: finished.metric, phase: 'Running' }),
    ...(isDryRun ? { dryRun: true } : {}),
    ...(resultMetadata === undefined ? {} : { metadata: { ...before?.metadata, ...resultMetadata } }),
    measurements: [...kept, measurement],
  };
  return measurement.finishedAt === undefined ? result : count(result, measurement.phase);
}

function count(result: MetricResult, phase: Measurement['phase']): MetricResult {
  const one = (counter: number | undefined): number => (counter ?? 0) + 1;
  const { consecutiveError: errors, consecutiveSuccess: successes, ...rest } = result;
  switch (phase) {
    case 'Successful':
      return {
        ...rest,
        count: one(rest.count),
        successful: one(rest.successful),
        consecutiveSuccess: one(successes),
      };
    case 'Failed':
      return { ...rest, count: one(rest.count), failed: one(rest.failed) };
    case 'Inconclusive':
      return { ...rest, count: one(rest.count), inconclusive: one(rest.inconclusive) };
    case 'Error':
      return { ...rest, error: one(rest.error), consecutiveError: one(errors) };
    default:
      return result;
  }
}
