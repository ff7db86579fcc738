import type { RolloutDuration } from '#api/argoproj/rollout-status.js';
import { completionStatuses } from '#api/argoproj/words.js';
import { parseInstant } from '#core/time/instant.js';

/** How long a release took, in seconds: in all, without what only a person could have ended, and that alone. */
export interface ReleaseDuration {
  readonly status: string;
  readonly total: number;
  readonly progression: number;
  readonly manualPause: number;
}

/**
 * What came to an end between two states of `status.duration`: the release that the new state finished, or the one that
 * another replaced before it was over, which no status keeps. `undefined` when none did.
 */
export function releaseEnded(
  before: RolloutDuration | undefined,
  after: RolloutDuration | undefined,
): ReleaseDuration | undefined {
  const isSame = before?.rolloutStartedAt === after?.rolloutStartedAt;
  if (after?.finishedAt !== undefined && !(isSame && before?.finishedAt !== undefined)) return lasted(after);
  if (isSame || before?.finishedAt !== undefined || after?.rolloutStartedAt === undefined) return undefined;
  return lasted({
    ...before,
    finishedAt: after.rolloutStartedAt,
    completionStatus: completionStatuses.superseded,
  });
}

function lasted(duration: RolloutDuration): ReleaseDuration | undefined {
  const from = parseInstant(duration.rolloutStartedAt);
  const to = parseInstant(duration.finishedAt);
  const { completionStatus = '', totalManualPauseDurationSeconds = 0 } = duration;
  if (from === undefined || to === undefined || completionStatus === '') return undefined;
  const total = Math.max(0, (to - from) / 1000);
  const manualPause = Math.min(total, totalManualPauseDurationSeconds);
  return { status: completionStatus, total, manualPause, progression: total - manualPause };
}
