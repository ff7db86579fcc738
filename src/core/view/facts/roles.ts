import { annotations, labels } from '#api/argoproj/words.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { ViewInput } from '../view-input.js';

/** The ReplicaSets of a Rollout by role. On a settled Rollout `newest` is `stable`. */
export interface Roles {
  readonly newest: ReplicaSet | undefined;
  readonly stable: ReplicaSet | undefined;
  /** Newest revision first. */
  readonly older: readonly ReplicaSet[];
}

export function rolesOf({ rollout, replicaSets }: Pick<ViewInput, 'rollout' | 'replicaSets'>): Roles {
  const byHash = (hash: string | undefined): ReplicaSet | undefined =>
    hash === undefined || hash === '' ? undefined : replicaSets.find((rs) => hashOf(rs) === hash);
  const newest = byHash(rollout.status?.currentPodHash);
  const stable = byHash(rollout.status?.stableRS);
  const older = replicaSets
    .filter((rs) => rs !== newest && rs !== stable)
    .toSorted((a, b) => revisionOf(b) - revisionOf(a));
  return { newest, stable, older };
}

/** The pod template hash that a ReplicaSet, pod or run carries; `''` when it has none. */
export function hashOf(object: Pick<KubeObject, 'metadata'>): string {
  return object.metadata.labels?.[labels.podTemplateHash] ?? '';
}

/** The revision that a Rollout or ReplicaSet carries; 0 before the controller has numbered it. */
export function revisionOf(object: Pick<KubeObject, 'metadata'>): number {
  return Number(object.metadata.annotations?.[annotations.revision] ?? 0) || 0;
}

/** The image of the first container; `''` when the template is elsewhere. */
export function imageOf(template: unknown): string {
  return imagesOf(template)[0] ?? '';
}

function imagesOf(template: unknown): readonly string[] {
  const spec = fieldOf(template, 'spec');
  const containers = fieldOf(spec, 'containers');
  if (!Array.isArray(containers)) return [];
  return containers.map((container: unknown) => {
    const image = fieldOf(container, 'image');
    return typeof image === 'string' ? image : '';
  });
}

/** A field of a value that may be no object. */
export function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(field);
}

/** Whether the newest revision is the stable one. False before the first promotion. */
export function isPromoted(rollout: Rollout): boolean {
  const { stableRS, currentPodHash } = rollout.status ?? {};
  return stableRS !== undefined && stableRS !== '' && stableRS === currentPodHash;
}

/** The desired count of pods; 1 when the spec does not say. */
export function desiredOf(rollout: Rollout): number {
  return rollout.spec.replicas ?? 1;
}

export function stepsOf(
  rollout: Rollout,
): NonNullable<NonNullable<NonNullable<Rollout['spec']['strategy']>['canary']>['steps']> {
  return rollout.spec.strategy?.canary?.steps ?? [];
}
