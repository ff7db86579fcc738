import type { Condition } from '#api/k8s/meta.js';
import { fluxConditions } from '#api/flux/words.js';
import { findCondition } from '#core/kube/conditions.js';
import { formatInstant, type Instant } from '#core/time/instant.js';

/** What a condition shall say; times and generation are added. */
export interface ConditionWords {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** When and about which generation conditions are set. */
export interface ConditionContext {
  readonly now: Instant;
  readonly generation: number;
}

/**
 * The list with this condition: `lastTransitionTime` moves with status, reason or message, Ready stands first and the
 * others follow by name; Reconciling and Stalled exclude each other. The same words leave the list as it was.
 */
export function withCondition(
  list: readonly Condition[],
  words: ConditionWords,
  { now, generation }: ConditionContext,
): readonly Condition[] {
  const current = findCondition(list, words.type);
  const isSame =
    current?.status === words.status && current.reason === words.reason && current.message === words.message;
  if (isSame && current.observedGeneration === generation) return list;
  const lastTransitionTime = (isSame ? current.lastTransitionTime : undefined) ?? formatInstant(now);
  const excluded =
    words.type === fluxConditions.reconciling
      ? fluxConditions.stalled
      : words.type === fluxConditions.stalled
        ? fluxConditions.reconciling
        : undefined;
  const others = list.filter((c) => c.type !== words.type && c.type !== excluded);
  return [...others, { ...words, lastTransitionTime, observedGeneration: generation }].sort(byRank);
}

/** The list without conditions of these types. */
export function withoutConditions(
  list: readonly Condition[],
  ...types: readonly string[]
): readonly Condition[] {
  return list.filter((condition) => !types.includes(condition.type));
}

function byRank(a: Condition, b: Condition): number {
  const rank = (c: Condition) => (c.type === fluxConditions.ready ? 0 : 1);
  return rank(a) - rank(b) || (a.type < b.type ? -1 : 1);
}
