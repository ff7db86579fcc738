import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { act, type Draft } from '../draft.js';
import { availableOf, specReplicasOf, type Facts } from '../facts.js';
import { scaleTo } from './scale.js';
import { scaleDownLater } from './delayed-scale-down.js';

/** What decides how old ReplicaSets go. */
export interface OldSetsRule {
  readonly minAvailable: number;
  /** Whether no request can reach these pods any more. */
  readonly isReleased: (rs: ReplicaSet) => boolean;
  /** Sets that once were whole keep their pods for a while; absent: they go at once. */
  readonly delaySeconds: number | undefined;
  readonly delayRevisionLimit: number;
  /** The size that a delayed set has; its own when absent. */
  readonly keep?: number;
  /** The current template is the stable one: what is old now was stable or canary to the end. */
  readonly isPromoted: boolean;
}

/**
 * Takes the pods of old revisions away, newest first, as far as availability allows. Pods that do not run cost
 * nothing and go first.
 */
export function scaleDownOldSets(
  facts: Facts,
  draft: Draft,
  old: readonly ReplicaSet[],
  rule: OldSetsRule,
): Draft {
  const available = facts.all.reduce((sum, rs) => sum + Math.min(availableOf(rs), specReplicasOf(rs)), 0);
  let budget = Math.max(0, available - rule.minAvailable);
  let delayed = 0;
  return old.reduce((next, rs) => {
    const spec = specReplicasOf(rs);
    if (spec === 0 || !rule.isReleased(rs)) return next;
    const serving = Math.min(availableOf(rs), spec);
    const rest = serving <= budget ? 0 : serving - budget;
    budget = Math.max(0, budget - serving);
    const isDated = rs.metadata.annotations?.[annotations.scaleDownDeadline] !== undefined;
    const isDelayed =
      rule.delaySeconds !== undefined && (rule.isPromoted || isDated) && delayed < rule.delayRevisionLimit;
    if (!isDelayed) return act(next, ...scaleTo(facts, rs, rest));
    delayed += 1;
    return scaleDownLater(facts, next, rs, {
      delaySeconds: rule.delaySeconds,
      keep: rule.keep ?? spec,
      rest,
    });
  }, draft);
}
