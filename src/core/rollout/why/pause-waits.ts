import type { RolloutStatus } from '#api/argoproj/rollout.js';
import type { Wait } from '#core/decision/decision.js';
import { courseOf } from '../course.js';
import type { Facts } from '../facts.js';
import { stepProgress } from '../steps/index.js';

/**
 * The pause of a canary step that begins in this pass. The pass itself waits for nothing yet, and the next one would
 * have to write the status for this alone.
 */
export function beginningPause(facts: Facts, status: RolloutStatus): readonly Wait[] {
  const isBegun = (status.pauseConditions ?? []).length > (facts.old.pauseConditions ?? []).length;
  const course = courseOf(status);
  const step = facts.canary?.steps[course.index ?? -1];
  if (!isBegun || step?.pause === undefined) return [];
  const progress = stepProgress({ facts, course, isCapacityReached: true, isTrafficReached: true }, step);
  return progress.done || progress.wait === undefined ? [] : [progress.wait];
}
