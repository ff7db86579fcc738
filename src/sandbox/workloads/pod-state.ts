import type { Pod } from '#api/k8s/core-kinds.js';
import { findCondition } from '#core/kube/conditions.js';
import { addMs, type Instant, parseInstant } from '#core/time/instant.js';

export function isReady(pod: Pod): boolean {
  return findCondition(pod.status?.conditions, 'Ready')?.status === 'True';
}

export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Neither finished nor on its way out. */
export function isActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase !== 'Succeeded' && phase !== 'Failed' && !isTerminating(pod);
}

/** When it became ready; `undefined` while it is not. */
export function readySince(pod: Pod): Instant | undefined {
  if (!isReady(pod)) return undefined;
  return parseInstant(findCondition(pod.status?.conditions, 'Ready')?.lastTransitionTime);
}

/** The moment from which a ready pod counts as available; `undefined` while it is not ready. */
export function availableFrom(pod: Pod, minReadySeconds: number): Instant | undefined {
  const since = readySince(pod);
  return since === undefined ? undefined : addMs(since, minReadySeconds * 1000);
}

/** Restarts of all containers. */
export function restartsOf(pod: Pod): number {
  const counts = (pod.status?.containerStatuses ?? []).map((status) => status.restartCount);
  return counts.reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0);
}
