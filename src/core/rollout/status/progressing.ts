import { rolloutReasons as reasons } from '#api/argoproj/words.js';
import type { Condition } from '#api/k8s/meta.js';
import { isPromoted, type Course } from '../course.js';
import type { Facts } from '../facts.js';
import type { ConditionChange } from './conditions.js';
import type { Counts } from './counts.js';
import { progressDeadline, timedOutMessage } from './deadline.js';
import { hasAllPods, hasProgressed } from './progress.js';

type Change = Omit<ConditionChange, 'type'>;

/** What the Progressing condition is told beside the statuses. */
export interface ProgressFacts {
  readonly isCreated: boolean;
  /** The update is over: all pods, all traffic, nothing old left. */
  readonly isWhole: boolean;
  /** The Healthy condition turns to False in this pass. */
  readonly becameUnhealthy: boolean;
}

/** What the Progressing condition says next; `undefined` when it stays as it is. */
export function nextProgressing(
  facts: Facts,
  course: Course,
  counts: Counts,
  told: ProgressFacts,
  current: Condition | undefined,
): Change | undefined {
  const name = facts.newRS?.metadata.name ?? `${facts.rollout.metadata.name}-${facts.newHash}`;
  if (told.isCreated) return yes(reasons.newReplicaSetCreated, `Created new replica set "${name}"`);
  if (course.isAborted) return aborted(facts, course);
  if (told.isWhole) {
    return yes(reasons.newReplicaSetAvailable, `ReplicaSet "${name}" has successfully progressed.`);
  }
  const isPaused = facts.rollout.spec.paused === true || course.pauses.length > 0;
  if (isPaused && !isPromoted(course)) {
    return { status: 'Unknown', reason: reasons.rolloutPaused, message: 'Rollout is paused' };
  }
  if (current === undefined) return yes(reasons.foundNewReplicaSet, `Found new replica set "${name}"`);
  const isDone = isPromoted(course) && hasAllPods(facts, counts);
  if (told.becameUnhealthy && isPromoted(course) && !isDone) {
    return yes(reasons.replicaSetNotAvailable, 'Rollout does not have minimum availability');
  }
  if (hasProgressed(facts, course, counts)) {
    return yes(reasons.replicaSetUpdated, `ReplicaSet "${name}" is progressing.`);
  }
  return isDone ? undefined : late(facts, course);
}

function late(facts: Facts, course: Course): Change | undefined {
  const deadline = progressDeadline(facts, course);
  if (deadline === undefined || facts.now <= deadline) return undefined;
  return { status: 'False', reason: reasons.progressDeadlineExceeded, message: timedOutMessage(facts) };
}

function yes(reason: string, message: string): Change {
  return { status: 'True', reason, message };
}

function aborted(facts: Facts, course: Course): Change {
  const why = course.abortMessage === undefined ? '' : `: ${course.abortMessage}`;
  return {
    status: 'False',
    reason: reasons.rolloutAborted,
    message: `Rollout aborted update to revision ${facts.revision}${why}`,
  };
}
