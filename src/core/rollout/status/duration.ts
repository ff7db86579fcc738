import type { RolloutDuration } from '#api/argoproj/rollout-status.js';
import { annotations, completionStatuses, pauseReasons } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { formatInstant, parseInstant } from '#core/time/instant.js';
import { isPromoted, withoutUndefined, type Course } from '../course.js';
import { availableOf, withHash, type Facts } from '../facts.js';

/**
 * How long the release has been going on, as far as this controller saw it begin: it starts with a new template, the
 * first deploy or a retry, and ends when the revision is stable with all its pods, or is aborted. Time in which only a
 * person could have gone on is summed apart. Scaling starts nothing, nor does a change that finds everything there.
 */
export function nextDuration(facts: Facts, course: Course): RolloutDuration | undefined {
  const before = facts.old.duration;
  const now = formatInstant(facts.now);
  const isThere = isPromoted(course) && hasPods(facts);
  const begun = hasBegun(facts, course) && !isThere ? { rolloutStartedAt: now } : before;
  if (begun === undefined || begun.finishedAt !== undefined) return begun;
  const ending = endOf(facts, course, begun);
  if (ending === undefined) return withPause(facts, begun, isHeldByPerson(facts, course));
  if (ending.isOver) {
    return { ...withPause(facts, begun, false), finishedAt: now, completionStatus: ending.word };
  }
  const noted = withPause(facts, begun, isHeldByPerson(facts, course));
  // What is the rule need not be remembered until the last pod is there.
  return ending.word === completionStatuses.promoted ? noted : { ...noted, completionStatus: ending.word };
}

function hasPods({ newRS, replicas }: Facts): boolean {
  return availableOf(newRS) >= replicas;
}

function hasBegun({ old }: Facts, course: Course): boolean {
  if (course.currentPodHash === '') return false;
  const isOther = course.currentPodHash !== (old.currentPodHash ?? '');
  const isOnTheWay = !isPromoted(course);
  const hasNewSteps = isOnTheWay && course.currentStepHash !== (old.currentStepHash ?? '');
  const isRetried = isOnTheWay && old.abortedAt !== undefined && course.abortedAt === undefined;
  return isOther || hasNewSteps || isRetried;
}

interface Ending {
  readonly word: string;
  /** The pods are there too. */
  readonly isOver: boolean;
}

function endOf(facts: Facts, course: Course, begun: RolloutDuration): Ending | undefined {
  if (course.isAborted && !isPromoted(course)) return { word: completionStatuses.aborted, isOver: true };
  if (!isPromoted(course)) return undefined;
  return { word: begun.completionStatus ?? completionOf(facts, course), isOver: hasPods(facts) };
}

function completionOf(facts: Facts, { currentPodHash, promotedBecause }: Course): string {
  const { currentPodHash: before, stableRS } = facts.old;
  const isBackToStable = stableRS === currentPodHash && before !== undefined && before !== currentPodHash;
  if (isBackToStable) return completionStatuses.fastRolledBack;
  switch (promotedBecause) {
    case 'Full promotion requested':
      return completionStatuses.fastPromoted;
    case 'Rollback within window':
      return completionStatuses.fastRolledBack;
    default:
      if (facts.canary === undefined && hasKeptPods(facts.newRS)) return completionStatuses.fastRolledBack;
      return isOlderThan(facts.newRS, withHash(facts, stableRS))
        ? completionStatuses.rolledBack
        : completionStatuses.promoted;
  }
}

/** Blue-green pods that were kept since the revision was active, and are active again. */
function hasKeptPods(newRS: ReplicaSet | undefined): boolean {
  const notes = newRS?.metadata.annotations ?? {};
  return notes[annotations.scaleDownDeadline] !== undefined && notes[annotations.aborted] === undefined;
}

/** The revision was made before the one that was stable until now. */
function isOlderThan(newRS: ReplicaSet | undefined, stable: ReplicaSet | undefined): boolean {
  const created = newRS?.metadata.creationTimestamp;
  const stableCreated = stable?.metadata.creationTimestamp;
  return created !== undefined && stableCreated !== undefined && created < stableCreated;
}

/** Nothing but a person ends what holds the release now. */
function isHeldByPerson(facts: Facts, course: Course): boolean {
  const { spec } = facts.rollout;
  if (spec.paused === true) return true;
  return course.pauses.some(({ reason }) => {
    if (reason === pauseReasons.canaryPauseStep) {
      return facts.canary?.steps[course.index ?? 0]?.pause?.duration === undefined;
    }
    return reason !== pauseReasons.blueGreenPause || spec.strategy?.blueGreen?.autoPromotionEnabled === false;
  });
}

function withPause(facts: Facts, duration: RolloutDuration, isHeld: boolean): RolloutDuration {
  const { manualPauseStartedAt, ...rest } = duration;
  if (isHeld) return { ...rest, manualPauseStartedAt: manualPauseStartedAt ?? formatInstant(facts.now) };
  const since = parseInstant(manualPauseStartedAt);
  if (since === undefined) return rest;
  const seconds = Math.max(0, Math.round((facts.now - since) / 1000));
  return withoutUndefined({
    ...rest,
    totalManualPauseDurationSeconds: (rest.totalManualPauseDurationSeconds ?? 0) + seconds,
  });
}
