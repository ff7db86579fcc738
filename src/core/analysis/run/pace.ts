import type { Measurement } from '#api/argoproj/analysis-run.js';
import { addMs, formatInstant, instantOf, parseInstant, type Instant } from '#core/time/instant.js';

/**
 * When a measurement was due, began and ended, to the millisecond: a status keeps whole seconds. Known only to the process
 * that measured; without it the next one is up to a second early, once.
 */
export interface Pace {
  readonly dueAt: Instant;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
}

/** A measurement to come. */
export interface NextStart {
  readonly at: Instant;
  /** Where it stands in the row of intervals: before `at` when this process is behind. */
  readonly dueAt: Instant;
}

/** What a measurement may take without moving those behind it: the resolution of the times that the peer stores. */
const longestQuickMs = 1000;

/**
 * When the next measurement is due, `pauseMs` behind the last one. The pause counts from its end; but behind one that was
 * quick (less than a second and less than half the pause) it counts from the moment at which that one was due, so that
 * what queries and timers take does not add up. A process that is behind catches up, with half a pause between
 * measurements at least; one that is behind by more than a pause and a second begins a new row.
 */
export function nextStart(last: Measurement, pauseMs: number, pace: Pace | undefined): NextStart | undefined {
  const stored = parseInstant(last.finishedAt);
  const known = pace !== undefined && formatInstant(pace.finishedAt) === last.finishedAt ? pace : undefined;
  if (known === undefined) return stored === undefined ? undefined : newRow(stored, pauseMs);
  const { dueAt, startedAt, finishedAt } = known;
  const isQuick = finishedAt - startedAt < Math.min(longestQuickMs, pauseMs / 2);
  const isInReach = startedAt - dueAt <= pauseMs + longestQuickMs;
  if (!isQuick || !isInReach) return newRow(finishedAt, pauseMs);
  const next = addMs(dueAt, pauseMs);
  return { dueAt: next, at: instantOf(Math.max(next, finishedAt + pauseMs / 2)) };
}

function newRow(end: Instant, pauseMs: number): NextStart {
  const at = addMs(end, pauseMs);
  return { at, dueAt: at };
}
