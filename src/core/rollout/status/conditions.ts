import type { Condition } from '#api/k8s/meta.js';
import { formatInstant, type Instant } from '#core/time/instant.js';

export type ConditionChange = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * The list with this condition in it. An existing one is rewritten only when status or reason changes, so that messages
 * alone do not make a write; its transition time moves only with the status.
 */
export function withCondition(
  list: readonly Condition[],
  change: ConditionChange,
  now: Instant,
): readonly Condition[] {
  const existing = findCondition(list, change.type);
  if (existing?.status === change.status && existing.reason === change.reason) return list;
  return [...withoutCondition(list, change.type), stamped(change, existing, now)];
}

/** As {@link withCondition}, but written again even when equal: progress was made at this moment. */
export function refreshCondition(
  list: readonly Condition[],
  change: ConditionChange,
  now: Instant,
): readonly Condition[] {
  const existing = findCondition(list, change.type);
  return [...withoutCondition(list, change.type), stamped(change, existing, now)];
}

export function withoutCondition(list: readonly Condition[], type: string): readonly Condition[] {
  return list.filter((condition) => condition.type !== type);
}

export function findCondition(list: readonly Condition[] | undefined, type: string): Condition | undefined {
  return list?.find((condition) => condition.type === type);
}

function stamped(change: ConditionChange, existing: Condition | undefined, now: Instant): Condition {
  const at = formatInstant(now);
  const isSameStatus = existing?.status === change.status;
  return {
    ...change,
    lastTransitionTime: isSameStatus ? (existing?.lastTransitionTime ?? at) : at,
    lastUpdateTime: at,
  };
}
