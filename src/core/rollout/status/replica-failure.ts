import { rolloutConditions as types } from '#api/argoproj/words.js';
import type { Condition } from '#api/k8s/meta.js';
import { formatInstant, type Instant } from '#core/time/instant.js';
import { findCondition, withoutCondition } from './conditions.js';

interface Telling {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** The conditions with the failure that a ReplicaSet tells of, the current one first, and with the moment that it tells. */
export function replicaFailureIn(
  list: readonly Condition[],
  current: Telling | undefined,
  all: readonly Telling[],
  now: Instant,
): readonly Condition[] {
  const sets = current === undefined ? all : [current, ...all];
  const failure = sets.flatMap((rs) => findCondition(rs.status?.conditions, types.replicaFailure) ?? [])[0];
  if (failure === undefined) return withoutCondition(list, types.replicaFailure);
  const known = findCondition(list, types.replicaFailure);
  if (known?.status === failure.status && known.reason === failure.reason) return list;
  const since = failure.lastTransitionTime ?? formatInstant(now);
  const told = { ...failure, lastTransitionTime: since, lastUpdateTime: since };
  return [...withoutCondition(list, types.replicaFailure), told];
}
