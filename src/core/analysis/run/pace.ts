import type { Measurement } from '#api/argoproj/analysis-run.js';
import { addMs, formatInstant, parseInstant, type Instant } from '#core/time/instant.js';

/**
 * When a measurement was due and when it ended, to the millisecond: a status keeps whole seconds. Known only to the process
 * that measured; without it the next one is up to a second early, once.
 */
export interface Pace {
  readonly dueAt: Instant;
  readonly finishedAt: Instant;
}

/** What a measurement may take without moving those behind it: the resolution of the times that the peer stores. */
const longestQuickMs = 1000;

/**
 * When the next measurement is due, `pauseMs` behind the last one. The pause counts from its end; but one that was quick
 * (less than a second and less than half the pause) counts from the moment at which it was due, so that what queries
 * and timers take does not add up.
 */
export function nextStart(last: Measurement, pauseMs: number, pace: Pace | undefined): Instant | undefined {
  const stored = parseInstant(last.finishedAt);
  const known = pace !== undefined && formatInstant(pace.finishedAt) === last.finishedAt ? pace : undefined;
  if (known === undefined) return stored === undefined ? undefined : addMs(stored, pauseMs);
  const isQuick = known.finishedAt - known.dueAt < Math.min(longestQuickMs, pauseMs / 2);
  return addMs(isQuick ? known.dueAt : known.finishedAt, pauseMs);
}
