import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { matchesSelector } from '#core/kube/selector.js';
import type { Cache } from '#ports/cache.js';
import type { ControllerDefinition, Watch } from '#runtime/controller/definition.js';
import { defineWorkload, keyOfObject, type WorkloadDeps, watchSelf } from '../workload.js';
import { decideDisruptions, type DisruptionBudget, type DisruptionSnapshot } from './decide.js';

/** Keeps the status of every PodDisruptionBudget. Expected pods are counted through ReplicaSets; a lone pod counts as itself. */
export function disruptionBudgetController(deps: WorkloadDeps): ControllerDefinition {
  return defineWorkload<DisruptionBudget, DisruptionSnapshot>(
    {
      name: 'disruptionbudget',
      kind: kinds.podDisruptionBudget,
      watches: [
        watchSelf(kinds.podDisruptionBudget),
        watchSelectedPods,
        { kind: kinds.replicaSet, keysOf: () => [] },
      ],
      observe: (budget, cache, now) => {
        const pods = podsOf(budget, cache);
        return { now, budget, pods, expected: expectedOf(pods, cache) };
      },
      decide: decideDisruptions,
    },
    deps,
  );
}

function podsOf(budget: DisruptionBudget, cache: Cache): readonly Pod[] {
  return cache
    .list<Pod>(kinds.pod, { namespace: budget.metadata.namespace ?? '' })
    .filter((pod) => matchesSelector(budget.spec.selector, pod.metadata.labels));
}

function expectedOf(pods: readonly Pod[], cache: Cache): number {
  const sizes = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const set =
      owner?.kind === kinds.replicaSet.kind
        ? cache.get<ReplicaSet>(kinds.replicaSet, pod.metadata.namespace, owner.name)
        : undefined;
    if (set === undefined) sizes.set(pod.metadata.name, 1);
    else sizes.set(set.metadata.uid ?? '', set.spec.replicas ?? 1);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

const watchSelectedPods: Watch = {
  kind: kinds.pod,
  keysOf: (pod, cache) =>
    cache
      .list<DisruptionBudget>(kinds.podDisruptionBudget, { namespace: pod.metadata.namespace ?? '' })
      .filter(({ spec }) => matchesSelector(spec.selector, pod.metadata.labels))
      .map(keyOfObject),
};
