import { rolloutConditions, rolloutEvents } from '#api/argoproj/words.js';
import type { Condition } from '#api/k8s/meta.js';
import type { Instant } from '#core/time/instant.js';
import { findCondition, refreshCondition, withoutCondition } from '../status/conditions.js';

const type = rolloutConditions.pluginUnavailable;

/** The conditions with the one that says which plugin cannot be asked; it goes when the plugin answers. */
export function withPluginCondition(
  list: readonly Condition[],
  pluginProblem: string | undefined,
  now: Instant,
): readonly Condition[] {
  if (pluginProblem === undefined) return withoutCondition(list, type);
  if (findCondition(list, type)?.message === pluginProblem) return list;
  const reason = rolloutEvents.reconciliationError;
  return refreshCondition(list, { type, status: 'True', reason, message: pluginProblem }, now);
}
