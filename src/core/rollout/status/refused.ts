import type { Rollout, RolloutStatus, WhyEntry } from '#api/argoproj/rollout.js';
import { rolloutConditions as types } from '#api/argoproj/words.js';
import { subjectOf } from '#core/kube/object.js';
import { formatInstant, type Instant } from '#core/time/instant.js';
import { findCondition, refreshCondition, withoutCondition } from './conditions.js';

/**
 * The status of a Rollout whose pass the cluster did not let through (a right, a quota, a webhook, a kind that is not
 * served): what kstatus reads says why, in the API server's words, and all else stays. The next pass that goes through
 * takes it back. The very same status when it says so already.
 */
export function withRefusal(
  rollout: Rollout,
  status: RolloutStatus,
  why: string,
  now: Instant,
): RolloutStatus {
  const before = status.conditions ?? [];
  const known = findCondition(before, types.stalled);
  if (known?.reason === reason && known.message === why) return status;
  const said = { reason, message: why, observedGeneration: rollout.metadata.generation ?? 0 };
  const changes = [
    { type: types.ready, status: 'False', ...said },
    { type: types.stalled, status: 'True', ...said },
  ] as const;
  const entry: WhyEntry = {
    what: `the cluster to allow what was refused: ${why}`.slice(0, longest),
    object: subjectOf(rollout),
    since: formatInstant(now),
    unblockedBy: 'a person',
    reason,
  };
  return {
    ...status,
    conditions: changes.reduce(
      (list, change) => refreshCondition(list, change, now),
      withoutCondition(before, types.reconciling),
    ),
    why: [entry],
  };
}

const reason = 'Refused';
const longest = 1000;
