import type { RolloutStatus } from '#api/argoproj/rollout.js';
import { rolloutConditions as types, rolloutReasons as reasons } from '#api/argoproj/words.js';
import type { Condition } from '#api/k8s/meta.js';
import { isEqual } from '#core/json/json.js';
import { findCondition } from './conditions.js';

/**
 * How a status differs from the one before it. `counts`: in numbers of pods and in what is waited for. `words`: beside
 * those in the words for it while the phase is Progressing, or that the new ReplicaSet got its first pods. Both are no transition: no condition turns, no step ends, and
 * no later pass decides by it.
 */
export type StatusChange = 'none' | 'counts' | 'words' | 'transition';

/** What follows the pods from moment to moment and steers nothing. */
const following: readonly string[] = [
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'HPAReplicas',
  'why',
];

/** Conditions that repeat the message of the phase. */
const repeating: readonly string[] = [types.ready, types.reconciling];

export function statusChange(old: RolloutStatus, next: RolloutStatus): StatusChange {
  const { conditions: before = [], message: was, ...rest } = old;
  const { conditions: after = [], message: is, ...nextRest } = next;
  const isReworded = was !== is;
  if (!isEqual(withoutFollowing(rest), withoutFollowing(nextRest)) || !saysTheSame(before, after, isReworded))
    return 'transition';
  if (isReworded) return next.phase === 'Progressing' ? 'words' : 'transition';
  if (isEqual(old, next)) return 'none';
  return hasFirstProgress(before, after) ? 'words' : 'counts';
}

function withoutFollowing(status: RolloutStatus): object {
  return Object.fromEntries(Object.entries(status).filter(([field]) => !following.includes(field)));
}

/** The moment of the last progress may move, and repeated words with those that they repeat. */
function saysTheSame(
  before: readonly Condition[],
  after: readonly Condition[],
  isReworded: boolean,
): boolean {
  if (before.length !== after.length) return false;
  return after.every(({ lastUpdateTime: _after, message, ...said }) => {
    const known = findCondition(before, said.type);
    if (known === undefined) return false;
    if (isFirstProgress(known, said)) return true;
    const { lastUpdateTime: _before, message: was, ...rest } = known;
    const mayReword = isReworded && repeating.includes(said.type);
    return isEqual(rest, said) && (mayReword || was === message);
  });
}

function hasFirstProgress(before: readonly Condition[], after: readonly Condition[]): boolean {
  const was = findCondition(before, types.progressing);
  const is = findCondition(after, types.progressing);
  return was !== undefined && is !== undefined && isFirstProgress(was, is);
}

/** The first pods of a new ReplicaSet follow its creation: no more than words. */
function isFirstProgress(was: Condition, is: Pick<Condition, 'type' | 'status' | 'reason'>): boolean {
  return (
    is.type === types.progressing &&
    was.status === is.status &&
    was.reason === reasons.newReplicaSetCreated &&
    is.reason === reasons.replicaSetUpdated
  );
}
