import { rolloutEvents } from '#api/argoproj/words.js';
import { isPromoted, type Course } from '../course.js';
import { say, steer, type Draft } from '../draft.js';
import { withHash, type Facts } from '../facts.js';
import { abort, freshCourse, settleOrders } from '../orders.js';
import { isInRollbackWindow } from '../rollback-window.js';
import type { CanarySettings } from '../spec/canary-settings.js';

/** Index behind the last step; `undefined` without steps. */
export function endIndex(settings: CanarySettings): number | undefined {
  return settings.steps.length === 0 ? undefined : settings.steps.length;
}

/** Whether the status belongs to another template, or to other steps. */
export function hasChanged(facts: Facts, course: Course): boolean {
  return course.currentPodHash !== facts.newHash || course.currentStepHash !== facts.stepsHash;
}

/** Starts the way from the first step, or leaves the steps out where the way is back to known pods. */
export function startOver(facts: Facts, settings: CanarySettings, draft: Draft): Draft {
  const first = settings.steps.length === 0 ? undefined : 0;
  const fresh = steer(draft, {
    ...freshCourse,
    leavingExperiment: draft.course.experiment ?? draft.course.leavingExperiment,
    stepPlugins: [],
    currentPodHash: facts.newHash,
    currentStepHash: facts.stepsHash,
    index: first,
    restartedAt: facts.rollout.spec.restartAt,
  });
  const { stableHash } = draft.course;
  const skip = (message: string) =>
    say(steer(fresh, { index: endIndex(settings) }), {
      type: 'Normal',
      reason: rolloutEvents.skipSteps,
      message,
    });
  if (settings.steps.length === 0 || stableHash === '') return fresh;
  if (stableHash === facts.newHash) return skip('Rollback to stable ReplicaSets');
  const isScaledUp = (facts.newRS?.spec.replicas ?? 0) > 0;
  if (isScaledUp && isInRollbackWindow(facts, withHash(facts, stableHash))) {
    return skip('Rollback to active ReplicaSets within RollbackWindow');
  }
  return fresh;
}

/** What people asked for through the status: abort, retry, promote. */
export function takeOrders(facts: Facts, settings: CanarySettings, draft: Draft): Draft {
  const settled = settleOrders(draft);
  const { course } = settled;
  const end = endIndex(settings);
  if (isPromoted(course)) return steer(settled, { index: end });
  if (course.isPromoteFull) return steer(settled, { index: end });
  // An abort that nobody took back yet is what people want now, also on the way back to known pods.
  if (course.isAborted) return abort(facts, settled, undefined);
  if (isInRollbackWindow(facts, withHash(facts, course.stableHash))) {
    return steer(settled, { pauses: [], isControllerPause: false, abortedAt: undefined, index: end });
  }
  // A retry takes the flag away and leaves the moment: the way begins anew, with new runs.
  if (course.abortedAt !== undefined) {
    const index = end === undefined ? undefined : 0;
    return steer(settled, { abortedAt: undefined, runs: {}, stepPlugins: [], index });
  }
  return end !== undefined && (course.index ?? 0) > end ? steer(settled, { index: end }) : settled;
}
