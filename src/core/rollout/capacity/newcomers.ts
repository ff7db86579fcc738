import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { availableOf, specReplicasOf, type Facts } from '../facts.js';
import { alivePods, createdAt } from '../pods.js';

/** A pod, or a ReplicaSet, is a newcomer for so long. */
const newForMs = 60_000;

/** A ReplicaSet and the pods that it is to have. */
export interface Sized {
  readonly rs: ReplicaSet | undefined;
  readonly size: number;
}

/**
 * Whether a ReplicaSet that is not whole carries its share all the same: an autoscaler has just asked for more, it lacks
 * no more than those, and it lacks no larger part than the one that served until now. Without this replicas that change
 * again and again would hold a release for ever.
 */
export function carriesItsShare(facts: Facts, { rs, size }: Sized, beside: Sized): boolean {
  if (rs === undefined || specReplicasOf(rs) !== size) return false;
  const available = availableOf(rs);
  const isSettled = createdAt(rs) + newForMs <= facts.now;
  if (!isSettled || available === 0 || available * beside.size < availableOf(beside.rs) * size) return false;
  const newcomers = alivePods(facts, rs).filter((pod) => createdAt(pod) + newForMs > facts.now);
  return size - available <= newcomers.length;
}
