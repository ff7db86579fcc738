import type { RolloutDuration } from '#api/argoproj/rollout-status.js';
import { annotations, completionStatuses, pauseReasons } from '#api/argoproj/words.js';
import { formatInstant, parseInstant } from '#core/time/instant.js';
import { isPromoted, withoutUndefined, type Course } from '../course.js';
import { availableOf, revisionOf, type Facts } from '../facts.js';

/**
 * How long the release has been going on, as far as this controller saw it begin: it starts with a new template, the
 * first deploy or a retry, and ends when the revision is stable with all its pods, or is aborted. Time in which only a
 * person could have gone on is summed apart. Scaling starts nothing.
 */
export function nextDuration(facts: Facts, course: Course): RolloutDuration | undefined {
  const before = facts.old.duration;
  const now = formatInstant(facts.now);
  const begun = hasBegun(facts, course) ? { rolloutStartedAt: now } : before;
  if (begun === undefined || begun.finishedAt !== undefined) return begun;
  const ending = endOf(facts, course, begun);
  if (ending === undefined || !ending.isOver) {
    const noted = withPause(facts, begun, isHeldByPerson(facts, course));
    return ending === undefined ? noted : { ...noted, completionStatus: ending.word };
  }
  return { ...withPause(facts, begun, false), finishedAt: now, completionStatus: ending.word };
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
  const word = begun.completionStatus ?? completionOf(facts, course);
  return { word, isOver: availableOf(facts.newRS) >= facts.replicas };
}

function completionOf(facts: Facts, { promotedBecause }: Course): string {
  switch (promotedBecause) {
    case 'Full promotion requested':
      return completionStatuses.fastPromoted;
    case 'Rollback within window':
    case 'Fast rollback':
      return completionStatuses.fastRolledBack;
    default:
      return wasUsedBefore(facts) ? completionStatuses.rolledBack : completionStatuses.promoted;
  }
}

/** The template is that of an earlier revision. */
function wasUsedBefore({ newRS, revision }: Facts): boolean {
  if (newRS === undefined) return false;
  const history = newRS.metadata.annotations?.[annotations.revisionHistory] ?? '';
  // Copied annotations are noted there too, with the revision that the set still has.
  const isRenumbered = history.split(',').some((earlier) => earlier !== '' && Number(earlier) < revision);
  return isRenumbered || (revisionOf(newRS) > 0 && revisionOf(newRS) < revision);
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
