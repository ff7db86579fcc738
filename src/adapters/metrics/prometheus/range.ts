import type { PrometheusMetric } from '#api/argoproj/analysis-template.js';
import { evaluateTime } from '#core/expr/condition/range-time.js';
import { goDurationError, parseGoDuration } from '#core/time/duration.js';
import { QueryFailure } from '../http/failure.js';

/** The bounds of a range query at this moment. Throws QueryFailure for what is no time or no duration. */
export function readRange(
  range: NonNullable<PrometheusMetric['rangeQuery']>,
  nowMs: number,
): { readonly startMs: number; readonly endMs: number; readonly stepSeconds: number } {
  const startMs = readTime('start', range.start ?? '', nowMs);
  const endMs = readTime('end', range.end ?? '', nowMs);
  const step = range.step ?? '';
  const stepMs = parseGoDuration(step);
  if (stepMs === undefined) {
    throw new QueryFailure(`failed to parse rangeQuery.step as duration: ${goDurationError(step)}`);
  }
  return { startMs, endMs, stepSeconds: stepMs / 1000 };
}

function readTime(field: string, source: string, nowMs: number): number {
  const time = evaluateTime(source, nowMs);
  if (time.ok) return time.epochMs;
  throw new QueryFailure(`failed to parse rangeQuery.${field} as time: ${time.message}`);
}
