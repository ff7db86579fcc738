import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { inventoryId } from '#core/gitops/apply/inventory.js';
import type { KustomizationMemory } from '#core/gitops/kustomization/model/kustomization-run.js';
import type { WatchedObject } from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import { isToldByPods, podSketch } from '#core/gitops/kustomization/readiness/pods-of-workload.js';
import { isConditionTrue } from '#core/kube/conditions.js';
import { controllerOf } from '#core/kube/object.js';
import { formatSelector } from '#core/kube/selector.js';
import { objectAt } from '#core/json/read.js';
import type { Cache } from '#ports/cache.js';
import type { DynamicWatches } from '#ports/dynamic-watches.js';

/** Every pod of a StatefulSet has it, and no other. */
const ofStatefulSets = 'statefulset.kubernetes.io/pod-name';

/**
 * The pods of the StatefulSets and ReplicaSets whose health a run waits for, by the id of the workload. None are watched
 * before somebody waits.
 */
export function watchedPods(
  watches: DynamicWatches | undefined,
  cache: Cache,
  { run }: KustomizationMemory,
  watched: ReadonlyMap<string, WatchedObject>,
): ReadonlyMap<string, readonly UnknownObject[]> {
  const pods = new Map<string, readonly UnknownObject[]>();
  if (run?.healthSince === undefined || watches === undefined) return pods;
  for (const [id, { object }] of watched) {
    if (object?.metadata.uid === undefined || !isToldByPods(object)) continue;
    const view = watches.ensure({
      controller: 'kustomization',
      kind: kinds.pod,
      labelSelector: selectorOf(object),
      project: podSketch,
      keysOf: (pod) => waitingFor(cache, pod),
    });
    pods.set(id, view.ownedBy(object.metadata.uid));
  }
  return pods;
}

function selectorOf(workload: UnknownObject): string {
  if (workload.kind === 'StatefulSet') return ofStatefulSets;
  return formatSelector(objectAt(objectAt(workload, 'spec'), 'selector'));
}

/** The Kustomizations that are under way and have the owner of a pod among their objects or checks. */
function waitingFor(cache: Cache, pod: UnknownObject) {
  const owner = controllerOf(pod);
  if (owner === undefined || !isToldByPods(owner)) return [];
  const { namespace } = pod.metadata;
  const place = { name: owner.name, ...(namespace === undefined ? {} : { namespace }) };
  const id = inventoryId({ apiVersion: owner.apiVersion, kind: owner.kind, metadata: place });
  return cache
    .list<Kustomization>(kinds.kustomization)
    .filter(({ status }) => isConditionTrue(status?.conditions, 'Reconciling'))
    .filter(
      ({ status, spec }) =>
        status?.inventory?.entries.some((entry) => entry.id === id) === true ||
        spec.healthChecks?.some(({ kind, name }) => kind === owner.kind && name === owner.name) === true,
    )
    .map(({ metadata }) => ({ name: metadata.name, namespace: metadata.namespace ?? '' }));
}
