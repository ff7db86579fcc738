import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { Wait } from '#core/decision/decision.js';
import { controllerOf } from '#core/kube/object.js';
import type { Instant } from '#core/time/instant.js';
import type { KubeEvent, ViewInput } from '#core/view/view-input.js';
import type { Cache } from '#ports/cache.js';

/** The kinds that the page reads from the watch cache; each must be watched. */
export const pageKinds: readonly Kind[] = [kinds.rollout, kinds.replicaSet, kinds.pod, kinds.analysisRun];

/** Names one Rollout. */
export interface RolloutKey {
  readonly namespace: string;
  readonly name: string;
}

/** `namespace/name`, the key of maps. */
export function keyText({ namespace, name }: RolloutKey): string {
  return `${namespace}/${name}`;
}

/** Everything about one Rollout that the cache holds; `undefined` when there is none. */
export function observeRollout(
  cache: Cache,
  { namespace, name }: RolloutKey,
  around: { readonly now: Instant; readonly events: readonly KubeEvent[]; readonly waits: readonly Wait[] },
): ViewInput | undefined {
  const rollout = cache.get<Rollout>(kinds.rollout, namespace, name);
  if (rollout === undefined) return undefined;
  const ownerUid = rollout.metadata.uid ?? '';
  const replicaSets = cache.list<ReplicaSet>(kinds.replicaSet, { namespace, ownerUid });
  const runs = cache.list<AnalysisRun>(kinds.analysisRun, { namespace, ownerUid });
  const pods = replicaSets.flatMap((rs) =>
    cache.list<Pod>(kinds.pod, { namespace, ownerUid: rs.metadata.uid ?? '' }),
  );
  return { rollout, replicaSets, runs, pods, ...around };
}

/** The Rollout that a changed object belongs to; `undefined` when it belongs to none. */
export function rolloutKeyOf(object: KubeObject, cache: Cache): RolloutKey | undefined {
  const { namespace } = object.metadata;
  if (namespace === undefined) return undefined;
  if (object.kind === kinds.rollout.kind) return { namespace, name: object.metadata.name };
  const owner = controllerOf(object);
  if (owner?.kind === kinds.rollout.kind) return { namespace, name: owner.name };
  if (owner?.kind !== kinds.replicaSet.kind) return undefined;
  const replicaSet = cache.get(kinds.replicaSet, namespace, owner.name);
  return replicaSet === undefined ? undefined : rolloutKeyOf(replicaSet, cache);
}
