import type { Deployment, Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import type { ControllerDefinition, Watch } from '#runtime/controller/definition.js';
import { defineWorkload, watchOwned, type WorkloadDeps, watchSelf } from '../workload.js';
import { decideDeployment, type DeploymentSnapshot } from './decide.js';

/** Rolls every Deployment to its current template. It adopts no ReplicaSets that it did not make. */
export function deploymentController(deps: WorkloadDeps): ControllerDefinition {
  return defineWorkload<Deployment, DeploymentSnapshot>(
    {
      name: 'deployment',
      kind: kinds.deployment,
      watches: [
        watchSelf(kinds.deployment),
        watchOwned(kinds.replicaSet, kinds.deployment),
        watchLeavingPods,
      ],
      observe: (deployment, cache, now) => {
        const replicaSets = cache.list<ReplicaSet>(kinds.replicaSet, {
          ownerUid: deployment.metadata.uid ?? '',
        });
        const pods = replicaSets.flatMap(({ metadata }) =>
          cache.list<Pod>(kinds.pod, { ownerUid: metadata.uid ?? '' }),
        );
        return { now, deployment, replicaSets, pods };
      },
      decide: decideDeployment,
    },
    deps,
  );
}

/** Recreate waits until the old pods are gone. */
const watchLeavingPods: Watch = {
  kind: kinds.pod,
  keysOf: (pod, cache) => {
    if (pod.metadata.deletionTimestamp === undefined) return [];
    const owner = controllerOf(pod);
    const set =
      owner === undefined ? undefined : cache.get(kinds.replicaSet, pod.metadata.namespace, owner.name);
    const deployment = set === undefined ? undefined : controllerOf(set);
    if (deployment?.kind !== kinds.deployment.kind) return [];
    return [{ namespace: pod.metadata.namespace ?? '', name: deployment.name }];
  },
};
