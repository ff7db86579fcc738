import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { matchesSelector } from '#core/kube/selector.js';
import type { ControllerDefinition, ReconcileKey, Watch } from '#runtime/controller/definition.js';
import { defineWorkload, keyOfObject, watchOwned, type WorkloadDeps, watchSelf } from '../workload.js';
import { decideReplicaSet, type ReplicaSetSnapshot } from './decide.js';

/** Keeps the pods of every ReplicaSet at the wanted number and counts them in its status. */
export function replicaSetController(deps: WorkloadDeps): ControllerDefinition {
  return defineWorkload<ReplicaSet, ReplicaSetSnapshot>(
    {
      name: 'replicaset',
      kind: kinds.replicaSet,
      watches: [watchSelf(kinds.replicaSet), watchOwned(kinds.pod, kinds.replicaSet), watchOrphans],
      observe: (replicaSet, cache, now) => ({
        now,
        replicaSet,
        owned: cache.list<Pod>(kinds.pod, { ownerUid: replicaSet.metadata.uid ?? '' }),
        orphans: cache
          .list<Pod>(kinds.pod, namespaceQuery(replicaSet))
          .filter(
            (pod) =>
              controllerOf(pod) === undefined &&
              matchesSelector(replicaSet.spec.selector, pod.metadata.labels),
          ),
      }),
      decide: decideReplicaSet,
    },
    deps,
  );
}

/** A pod without a controller concerns every ReplicaSet whose selector it matches. */
const watchOrphans: Watch = {
  kind: kinds.pod,
  keysOf: (pod, cache): readonly ReconcileKey[] =>
    controllerOf(pod) !== undefined
      ? []
      : cache
          .list<ReplicaSet>(kinds.replicaSet, namespaceQuery(pod))
          .filter((replicaSet) => matchesSelector(replicaSet.spec.selector, pod.metadata.labels))
          .map(keyOfObject),
};

function namespaceQuery(object: { readonly metadata: { readonly namespace?: string } }): {
  readonly namespace?: string;
} {
  const { namespace } = object.metadata;
  return namespace === undefined ? {} : { namespace };
}
