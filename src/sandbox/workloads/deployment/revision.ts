import type { Deployment, PodTemplateSpec, ReplicaSet } from '#api/k8s/core-kinds.js';
import { isEqual } from '#core/json/json.js';
import { parseInstant } from '#core/time/instant.js';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const hashLabel = 'pod-template-hash';

/** The oldest ReplicaSet with the Deployment's template; the hash label does not count. */
export function findNewReplicaSet(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const wanted = withoutHash(deployment.spec.template);
  return byAge(replicaSets).find(({ spec }) => isEqual(withoutHash(spec.template ?? {}), wanted));
}

/** The highest revision among them; 0 when there is none. */
export function highestRevision(replicaSets: readonly ReplicaSet[]): number {
  return Math.max(0, ...replicaSets.map(revisionOf));
}

export function revisionOf(replicaSet: ReplicaSet): number {
  return Number(replicaSet.metadata.annotations?.[revisionAnnotation] ?? 0);
}

/** Oldest first. */
export function byAge(replicaSets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const bornAt = ({ metadata }: ReplicaSet): number => parseInstant(metadata.creationTimestamp) ?? 0;
  return [...replicaSets].sort(
    (a, b) => bornAt(a) - bornAt(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
  );
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {};
  const { creationTimestamp: _time, ...metadata } = template.metadata ?? {};
  return { ...template, metadata: { ...metadata, labels } };
}
