import { formatInstant, formatMicroInstant, parseInstant, type Instant } from '#core/time/instant.js';
import { isPromoted, type Course } from './course.js';
import { steer, type Draft } from './draft.js';
import type { Facts } from './facts.js';

/** Begins an abort: traffic goes back to stable and nothing is waited for any more. */
export function abort(facts: Facts, draft: Draft, message: string | undefined): Draft {
  const { course } = draft;
  return steer(draft, {
    isAborted: true,
    abortedAt: course.abortedAt ?? formatInstant(facts.now),
    abortMessage: message,
    pauses: [],
    isControllerPause: false,
    index: course.index === undefined ? undefined : 0,
  });
}

/**
 * What people asked for last: of an abort and a full promotion the later one counts. An abort that we already follow has
 * its moment in the status, so a full promotion beside it is newer; one without it is the newer order itself.
 */
export function settleOrders(draft: Draft): Draft {
  const { course } = draft;
  const noAbort = { isAborted: false, abortedAt: undefined };
  if (isPromoted(course)) return steer(draft, { ...noAbort, isPromoteFull: false });
  if (!course.isPromoteFull) return draft;
  if (course.isAborted && course.abortedAt === undefined) return steer(draft, { isPromoteFull: false });
  return steer(draft, { ...noAbort, pauses: [], isControllerPause: false });
}

/** Pauses for a reason, once, from this very millisecond on; a person ends it by taking the conditions away. */
export function pauseFor(facts: Facts, draft: Draft, reason: string): Draft {
  const { pauses } = draft.course;
  if (pauses.some((condition) => condition.reason === reason)) return draft;
  const condition = { reason, startTime: formatInstant(facts.now) };
  const pausedSince = formatMicroInstant(facts.now);
  return steer(draft, { pauses: [...pauses, condition], pausedSince, isControllerPause: true });
}

/** Since when a pause of this reason lasts, as exactly as it is known. */
export function pauseStart({ pauses, pausedSince }: Course, reason: string): Instant | undefined {
  const condition = pauses.find((pause) => pause.reason === reason);
  if (condition === undefined) return undefined;
  const exact = parseInstant(pausedSince);
  const isItsOwn = exact !== undefined && formatInstant(exact) === condition.startTime;
  return isItsOwn ? exact : parseInstant(condition.startTime);
}

/**
 * That somebody resumed is known for one pass: it ended the pause of a step or asked for a new run. While a person holds
 * everything by the spec nothing could come of it yet.
 */
export function endResumption(facts: Facts, draft: Draft): Draft {
  const isHeld = facts.rollout.spec.paused === true || draft.course.pauses.length > 0;
  return isHeld ? draft : steer(draft, { isControllerPause: false });
}

export function withoutPause(course: Course, reason: string): Course['pauses'] {
  return course.pauses.filter((condition) => condition.reason !== reason);
}

/** Whether a person, or doubt about a measurement, holds sizes, switches and steps where they are. */
export function isHalted(facts: Facts, course: Course): boolean {
  return (
    facts.rollout.spec.paused === true ||
    course.pauses.some(({ reason }) => reason.startsWith('Inconclusive'))
  );
}

/** Everything that a new template, a retry or a promotion forgets. */
export const freshCourse = {
  isAborted: false,
  abortedAt: undefined,
  abortMessage: undefined,
  isPromoteFull: false,
  pauses: [],
  isControllerPause: false,
  runs: {},
  experiment: undefined,
  isExperimentDone: false,
} as const satisfies Partial<Course>;
