import type { Condition } from '#api/k8s/meta.js';
import { formatInstant, type Instant } from '#core/time/instant.js';

/** A condition as a decision states it; the times are kept by {@link setCondition}. */
export type ConditionState = Omit<Condition, 'lastTransitionTime' | 'lastUpdateTime'>;

export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/**
 * The list with this condition in it: in its old place, or last. `lastTransitionTime` is `now` only when the status
 * changes. The very same list is returned when the condition says nothing new.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  state: ConditionState,
  now: Instant,
): readonly Condition[] {
  const list = conditions ?? [];
  const current = findCondition(list, state.type);
  if (current !== undefined && saysTheSame(current, state)) return list;
  const since =
    current !== undefined && current.status === state.status ? current.lastTransitionTime : undefined;
  const next: Condition = { ...state, lastTransitionTime: since ?? formatInstant(now) };
  return current === undefined ? [...list, next] : list.map((c) => (c === current ? next : c));
}

/** The list without the condition of this type; the very same list when there is none. */
export function removeCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): readonly Condition[] {
  const list = conditions ?? [];
  return findCondition(list, type) === undefined ? list : list.filter((c) => c.type !== type);
}

function saysTheSame(current: Condition, state: ConditionState): boolean {
  return (
    current.status === state.status &&
    current.reason === state.reason &&
    current.message === state.message &&
    current.observedGeneration === state.observedGeneration
  );
}
