import type { Rollout, RolloutStatus } from '#api/argoproj/rollout.js';
import { rolloutConditions, rolloutReasons } from '#api/argoproj/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import type { Instant } from '#core/time/instant.js';
import { withCondition } from './conditions.js';

/** What is told of a ReplicaSet that the cluster refuses to create, for instance over a quota; it is tried again. */
export function createError(
  rollout: Rollout,
  replicaSet: string,
  why: string,
  now: Instant,
): { readonly status: RolloutStatus; readonly event: EventRecord } {
  const message = `Failed to create new replica set ${JSON.stringify(replicaSet)}: ${why}`;
  const reason = rolloutReasons.replicaSetCreateError;
  const change = { type: rolloutConditions.progressing, status: 'False', reason, message } as const;
  const conditions = withCondition(rollout.status?.conditions ?? [], change, now);
  return { status: { ...rollout.status, conditions }, event: { type: 'Warning', reason, message } };
}
