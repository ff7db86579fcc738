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
import { selectorHash } from '../traffic/view.js';
import { hasAllPods } from './progress.js';
import { replicaFailureIn } from './replica-failure.js';
import { nextProgressing, type ProgressFacts } from './progressing.js';

/** What the conditions are told beside the statuses. */
export interface ConditionFacts {
  readonly isCreated: boolean;
  readonly isCutOver: boolean;
}

/** The next conditions in the peer's words and order; equal to the old ones when nothing happened. */
export function conditionsOf(
  facts: Facts,
  course: Course,
  counts: Counts,
  told: ConditionFacts,
): readonly Condition[] {
  const { now } = facts;
  const valid = withoutCondition(facts.old.conditions ?? [], types.invalidSpec);
  const isPaused = facts.rollout.spec.paused === true || course.pauses.length > 0;
  const isAllThere = isWhole(facts, course, counts, told.isCutOver);
  const wasHealthy = findCondition(valid, types.healthy);
  const isHealthy = isAllThere && !isPaused;
  const healthy =
    isHealthy || wasHealthy !== undefined ? withCondition(valid, health(isHealthy), now) : valid;
  const becameUnhealthy = wasHealthy?.status === 'True' && !isHealthy;
  const progress = { isCreated: told.isCreated, isWhole: isAllThere, becameUnhealthy };
  const progressed = withProgressing(facts, course, counts, progress, healthy);
  const available = withCondition(progressed, availability(facts, counts), now);
  const failed = replicaFailureIn(available, facts.newRS, facts.all, now);
  return withPaused(facts, course, withCompleted(facts, course, failed), isPaused);
}

function health(isHealthy: boolean): ConditionChange {
  return {
    type: types.healthy,
    status: isHealthy ? 'True' : 'False',
    reason: reasons.rolloutHealthy,
    message: isHealthy ? 'Rollout is healthy' : 'Rollout is not healthy',
  };
}

/** Says since when the Rollout is paused; an abort leaves it as it was until the retry. */
function withPaused(
  facts: Facts,
  course: Course,
  list: readonly Condition[],
  isPaused: boolean,
): readonly Condition[] {
  const isNamed = isPaused || findCondition(list, types.paused) !== undefined;
  if (course.isAborted || !isNamed) return list;
  const status = isPaused ? 'True' : 'False';
  const message = 'Rollout is paused';
  return withCondition(
    list,
    { type: types.paused, status, reason: reasons.rolloutPaused, message },
    facts.now,
  );
}

/** The first revision of a blue-green release is stable from the beginning: it never was not completed. */
function withCompleted(facts: Facts, course: Course, list: readonly Condition[]): readonly Condition[] {
  const isBlueGreen = facts.rollout.spec.strategy?.blueGreen !== undefined;
  if (isBlueGreen && course.stableHash === '') return list;
  const status = isPromoted(course) ? 'True' : 'False';
  const { rolloutCompleted: word } = reasons;
  return withCondition(list, { type: types.completed, status, reason: word, message: word }, facts.now);
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
  const { blueGreen } = facts.rollout.spec.strategy ?? {};
  if (blueGreen === undefined) return isServing && counts.replicas === facts.replicas;
  const preview = facts.snapshot.services[blueGreen.previewService ?? ''];
  return isServing && (preview === undefined || selectorHash(preview) === course.currentPodHash);
}

function withProgressing(
  facts: Facts,
  course: Course,
  counts: Counts,
  told: ProgressFacts,
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
