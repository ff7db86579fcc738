import type { RolloutPause } from '#api/argoproj/rollout.js';
import { pauseReasons } from '#api/argoproj/words.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs } from '#core/time/instant.js';
import { pauseStart } from '../orders.js';
import { stepDone, type StepContext, type StepKind, type StepProgress } from './step.js';

/** Holds for a time, or until a person resumes. The pause condition itself is added by the pause phase. */
export const pause: StepKind<'pause'> = {
  key: 'pause',
  words: (value) => (value.duration === undefined ? 'pause' : `pause: ${value.duration}`),
  progress: pauseProgress,
};

function pauseProgress({ facts, course }: StepContext, value: RolloutPause): StepProgress {
  const condition = course.pauses.find(({ reason }) => reason === pauseReasons.canaryPauseStep);
  // A person resumes by taking the conditions away; the flag that we set with them tells it from a pause not yet begun.
  if (condition === undefined) return course.isControllerPause ? stepDone : { done: false };
  const startedAt = pauseStart(course, pauseReasons.canaryPauseStep);
  const ms = pauseMs(value);
  const since = startedAt === undefined ? {} : { since: startedAt };
  if (ms === undefined || startedAt === undefined) {
    return { done: false, wait: { what: 'a person to promote or abort', ...since, unblockedBy: 'a person' } };
  }
  const until = addMs(startedAt, ms);
  if (facts.now >= until) return stepDone;
  return { done: false, wait: { what: 'the pause to end', ...since, until, unblockedBy: 'time' } };
}

/** Length of a pause; `undefined` when only a person ends it. Bare numbers are seconds. */
export function pauseMs(value: RolloutPause): number | undefined {
  const { duration } = value;
  if (duration === undefined) return undefined;
  if (typeof duration === 'number') return duration * 1000;
  return /^\d+$/.test(duration) ? Number(duration) * 1000 : parseGoDuration(duration);
}
