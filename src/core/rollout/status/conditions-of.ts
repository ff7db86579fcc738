import type { RolloutStatus } from '#api/argoproj/rollout.js';
import { rolloutConditions as types, rolloutReasons as reasons } from '#api/argoproj/words.js';
import type { Condition } from '#api/k8s/meta.js';
import { isPromoted, type Course } from '../course.js';
import type { Facts } from '../facts.js';
import {
  findCondition,
  refreshCondition,
  withCondition,
  withoutCondition,
  type ConditionChange,
} from './conditions.js';
import { activeReplicaSet, isSaturated, type Counts } from './counts.js';
import { progressDeadline, timedOutMessage } from './deadline.js';

/** What the conditions are told beside the statuses. */
export interface ConditionFacts {
  readonly isCreated: boolean;
  readonly isCutOver: boolean;
}

/** The next conditions in the peer's words; equal to the old ones when nothing happened. */
export function conditionsOf(
  facts: Facts,
  course: Course,
  counts: Counts,
  told: ConditionFacts,
): readonly Condition[] {
  const valid = withoutCondition(facts.old.conditions ?? [], types.invalidSpec);
  const isPaused = facts.rollout.spec.paused === true || course.pauses.length > 0;
  const progressed = progressing(facts, course, counts, told, valid);
  const set = (list: readonly Condition[], change: ConditionChange) => withCondition(list, change, facts.now);
  let list = set(progressed, completed(course));
  list = set(list, available(facts, counts));
  if (isPaused || findCondition(list, types.paused) !== undefined) {
    const message = 'Rollout is paused';
    list = set(list, {
      type: types.paused,
      status: isPaused ? 'True' : 'False',
      reason: reasons.rolloutPaused,
      message,
    });
  }
  const isHealthy = !isPaused && isWhole(facts, course, counts, told.isCutOver);
  if (isHealthy || findCondition(list, types.healthy) !== undefined) {
    const message = isHealthy ? 'Rollout is healthy' : 'Rollout is not healthy';
    list = set(list, {
      type: types.healthy,
      status: isHealthy ? 'True' : 'False',
      reason: reasons.rolloutHealthy,
      message,
    });
  }
  return withReplicaFailure(facts, list);
}

function completed(course: Course): ConditionChange {
  const status = isPromoted(course) ? 'True' : 'False';
  return {
    type: types.completed,
    status,
    reason: reasons.rolloutCompleted,
    message: reasons.rolloutCompleted,
  };
}

function available(facts: Facts, counts: Counts): ConditionChange {
  const isBlueGreen = facts.rollout.spec.strategy?.blueGreen !== undefined;
  const has = isBlueGreen
    ? isSaturated(facts, activeReplicaSet(facts))
    : counts.availableReplicas >= facts.replicas;
  const message = has ? 'Rollout has minimum availability' : 'Rollout does not have minimum availability';
  return { type: types.available, status: has ? 'True' : 'False', reason: reasons.available, message };
}

function isWhole(facts: Facts, course: Course, counts: Counts, isCutOver: boolean): boolean {
  const isServing = hasAllPods(facts, counts) && isPromoted(course) && isCutOver;
  const isBlueGreen = facts.rollout.spec.strategy?.blueGreen !== undefined;
  return isServing && (isBlueGreen || counts.replicas === facts.replicas);
}

function hasAllPods(facts: Facts, counts: Counts): boolean {
  const available = facts.newRS?.status?.availableReplicas ?? 0;
  return counts.updatedReplicas === facts.replicas && available === facts.replicas;
}

function progressing(
  facts: Facts,
  course: Course,
  counts: Counts,
  told: ConditionFacts,
  list: readonly Condition[],
): readonly Condition[] {
  const current = findCondition(list, types.progressing);
  const change = nextProgressing(facts, course, counts, told, current);
  if (change === undefined) return list;
  const next = { type: types.progressing, ...change };
  const isProgress =
    change.reason === reasons.replicaSetUpdated || change.reason === reasons.newReplicaSetCreated;
  const isNewReason = change.reason === reasons.rolloutAborted && course.abortMessage !== undefined;
  return isProgress || isNewReason
    ? refreshCondition(list, next, facts.now)
    : withCondition(list, next, facts.now);
}

type Change = Omit<ConditionChange, 'type'>;

function nextProgressing(
  facts: Facts,
  course: Course,
  counts: Counts,
  told: ConditionFacts,
  current: Condition | undefined,
): Change | undefined {
  const name = facts.newRS?.metadata.name ?? `${facts.rollout.metadata.name}-${facts.newHash}`;
  const was = current?.reason;
  if (course.isAborted) return aborted(facts, course);
  if (told.isCreated) return yes(reasons.newReplicaSetCreated, `Created new replica set "${name}"`);
  const isDone = isPromoted(course) && hasAllPods(facts, counts);
  if (was === reasons.rolloutAborted && !isPromoted(course)) {
    return { status: 'Unknown', reason: reasons.rolloutRetry, message: 'Retrying Rollout after abort' };
  }
  const isPaused = facts.rollout.spec.paused === true || course.pauses.length > 0;
  if (isPaused && !isDone)
    return { status: 'Unknown', reason: reasons.rolloutPaused, message: 'Rollout is paused' };
  if (was === reasons.rolloutPaused && !isDone) {
    return { status: 'Unknown', reason: reasons.rolloutResumed, message: 'Rollout is resumed' };
  }
  if (isDone && told.isCutOver)
    return yes(reasons.newReplicaSetAvailable, `ReplicaSet "${name}" has successfully progressed.`);
  if (current === undefined) return yes(reasons.foundNewReplicaSet, `Found new replica set "${name}"`);
  if (was === reasons.newReplicaSetAvailable && isPromoted(course)) {
    return yes(reasons.replicaSetNotAvailable, 'Rollout does not have minimum availability');
  }
  if (hasProgressed(facts, course, counts))
    return yes(reasons.replicaSetUpdated, `ReplicaSet "${name}" is progressing.`);
  const deadline = progressDeadline(facts, course);
  const isLate = deadline !== undefined && facts.now > deadline;
  if (!isLate || isDone) return undefined;
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

function withReplicaFailure(facts: Facts, list: readonly Condition[]): readonly Condition[] {
  const sets = facts.newRS === undefined ? facts.all : [facts.newRS, ...facts.all];
  const failure = sets.flatMap((rs) => findCondition(rs.status?.conditions, types.replicaFailure) ?? [])[0];
  if (failure === undefined) return withoutCondition(list, types.replicaFailure);
  const { type, status, reason, message } = failure;
  return withCondition(
    list,
    {
      type,
      status,
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
    },
    facts.now,
  );
}
