import type { RolloutStatus } from '#api/argoproj/rollout.js';
import { rolloutReasons as reasons } from '#api/argoproj/words.js';
import type { Condition } from '#api/k8s/meta.js';
import { isPromoted, type Course } from '../course.js';
import type { Facts } from '../facts.js';
import type { ConditionChange } from './conditions.js';
import type { ConditionFacts } from './conditions-of.js';
import type { Counts } from './counts.js';
import { progressDeadline, timedOutMessage } from './deadline.js';

type Change = Omit<ConditionChange, 'type'>;

/** What the Progressing condition says next; `undefined` when it stays as it is. */
export function nextProgressing(
  facts: Facts,
  course: Course,
  counts: Counts,
  told: ConditionFacts,
  current: Condition | undefined,
): Change | undefined {
  if (course.isAborted) return aborted(facts, course);
  const name = facts.newRS?.metadata.name ?? `${facts.rollout.metadata.name}-${facts.newHash}`;
  if (told.isCreated) return yes(reasons.newReplicaSetCreated, `Created new replica set "${name}"`);
  const isDone = isPromoted(course) && hasAllPods(facts, counts);
  const held = isDone ? undefined : interrupted(facts, course, current?.reason);
  if (held !== undefined) return held;
  if (isDone && told.isCutOver) {
    return yes(reasons.newReplicaSetAvailable, `ReplicaSet "${name}" has successfully progressed.`);
  }
  if (current === undefined) return yes(reasons.foundNewReplicaSet, `Found new replica set "${name}"`);
  if (current.reason === reasons.newReplicaSetAvailable && isPromoted(course)) {
    return yes(reasons.replicaSetNotAvailable, 'Rollout does not have minimum availability');
  }
  if (hasProgressed(facts, course, counts)) {
    return yes(reasons.replicaSetUpdated, `ReplicaSet "${name}" is progressing.`);
  }
  return isDone ? undefined : late(facts, course);
}

/** A person or a pause stands between the update and its progress, or did until now. */
function interrupted(facts: Facts, course: Course, was: string | undefined): Change | undefined {
  if (was === reasons.rolloutAborted && !isPromoted(course)) {
    return { status: 'Unknown', reason: reasons.rolloutRetry, message: 'Retrying Rollout after abort' };
  }
  if (facts.rollout.spec.paused === true || course.pauses.length > 0) {
    return { status: 'Unknown', reason: reasons.rolloutPaused, message: 'Rollout is paused' };
  }
  return was === reasons.rolloutPaused
    ? { status: 'Unknown', reason: reasons.rolloutResumed, message: 'Rollout is resumed' }
    : undefined;
}

function late(facts: Facts, course: Course): Change | undefined {
  const deadline = progressDeadline(facts, course);
  if (deadline === undefined || facts.now <= deadline) return undefined;
  return { status: 'False', reason: reasons.progressDeadlineExceeded, message: timedOutMessage(facts) };
}

/** Every wanted pod of the current revision is available. */
export function hasAllPods(facts: Facts, counts: Counts): boolean {
  const available = facts.newRS?.status?.availableReplicas ?? 0;
  return counts.updatedReplicas === facts.replicas && available === facts.replicas;
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

function hasProgressed(facts: Facts, course: Course, counts: Counts): boolean {
  const { old } = facts;
  const before = (field: keyof RolloutStatus) => Number(old[field] ?? 0);
  const oldPods = before('replicas') - before('updatedReplicas');
  return (
    counts.updatedReplicas !== before('updatedReplicas') ||
    counts.replicas - counts.updatedReplicas < oldPods ||
    counts.readyReplicas > before('readyReplicas') ||
    counts.availableReplicas > before('availableReplicas') ||
    course.stableHash !== (old.stableRS ?? '') ||
    course.index !== old.currentStepIndex ||
    course.currentStepHash !== old.currentStepHash ||
    course.weights?.canary.weight !== old.canary?.weights?.canary.weight
  );
}
