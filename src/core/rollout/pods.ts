import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { parseInstant } from '#core/time/instant.js';
import type { Facts } from './facts.js';
import type { PodView } from './snapshot.js';

/** The pods of a ReplicaSet that are not leaving, oldest first. */
export function alivePods(facts: Facts, rs: ReplicaSet): readonly PodView[] {
  return facts.snapshot.pods
    .filter(
      (pod) => controllerOf(pod)?.uid === rs.metadata.uid && pod.metadata.deletionTimestamp === undefined,
    )
    .toSorted((a, b) => createdAt(a) - createdAt(b) || a.metadata.name.localeCompare(b.metadata.name));
}

/** When an object was made; 0 when it does not say. */
export function createdAt({ metadata }: Pick<PodView, 'metadata'>): number {
  return parseInstant(metadata.creationTimestamp) ?? 0;
}
