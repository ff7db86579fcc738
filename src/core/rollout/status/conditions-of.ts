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
import { hasAllPods, nextProgressing } from './progressing.js';

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
  list = set(list, availability(facts, counts));
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

function availability(facts: Facts, counts: Counts): ConditionChange {
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
