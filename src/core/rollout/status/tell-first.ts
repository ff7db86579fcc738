import type { RolloutStatus } from '#api/argoproj/rollout.js';
import { rolloutConditions as types, rolloutReasons as reasons } from '#api/argoproj/words.js';
import type { Condition } from '#api/k8s/meta.js';
import type { Facts } from '../facts.js';
import { findCondition, withCondition, type ConditionChange } from './conditions.js';
import { phaseOf } from './phase.js';

/**
 * The status when a person resumed or retried, or when the ReplicaSet was there before the Rollout: the conditions say so
 * before anything else is done, and the deadline counts from that moment. `undefined` when there is nothing to tell first.
 */
export function tellFirst(facts: Facts): RolloutStatus | undefined {
  const { old, now } = facts;
  const list = old.conditions ?? [];
  const changes = changesOf(facts, list);
  if (changes.length === 0) return undefined;
  const conditions = changes.reduce((next, change) => withCondition(next, change, now), list);
  const { message: wasSaid = '', ...kept } = old;
  const base = { ...kept, conditions, observedGeneration: String(facts.rollout.metadata.generation ?? 0) };
  const { phase, message } = phaseOf(facts, base, !wasSaid.endsWith('cutover pending'));
  return { ...base, phase, ...(message === '' ? {} : { message }) };
}

function changesOf(facts: Facts, list: readonly Condition[]): readonly ConditionChange[] {
  const { old, rollout } = facts;
  const reason = findCondition(list, types.progressing)?.reason;
  if (reason === undefined) return found(facts);
  const isObserved = old.observedGeneration === String(rollout.metadata.generation ?? 0);
  if (!isObserved) return [];
  if (reason === reasons.rolloutAborted) {
    const isRetried = old.abort !== true;
    return isRetried ? [unknown(reasons.rolloutRetry, 'Retrying Rollout after abort')] : [];
  }
  const isPaused = rollout.spec.paused === true || (old.pauseConditions ?? []).length > 0;
  if (reason !== reasons.rolloutPaused || isPaused) return [];
  const over = { type: types.paused, status: 'False', reason: reasons.rolloutPaused } as const;
  return [unknown(reasons.rolloutResumed, 'Rollout is resumed'), { ...over, message: 'Rollout is paused' }];
}

function found({ newRS, old }: Facts): readonly ConditionChange[] {
  const isFirstLook = (old.currentPodHash ?? '') === '';
  if (newRS === undefined || !isFirstLook) return [];
  const message = `Found new replica set "${newRS.metadata.name}"`;
  return [{ type: types.progressing, status: 'True', reason: reasons.foundNewReplicaSet, message }];
}

function unknown(reason: string, message: string): ConditionChange {
  return { type: types.progressing, status: 'Unknown', reason, message };
}
