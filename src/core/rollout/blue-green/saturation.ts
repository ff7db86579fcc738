import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { availableOf, specReplicasOf, type Facts } from '../facts.js';
import { alivePods, createdAt } from '../pods.js';
import { activeReplicaSet, isSaturated } from '../status/counts.js';

/** A pod, or a ReplicaSet, is a newcomer for so long. */
const newForMs = 60_000;

/**
 * Whether a ReplicaSet can serve as the active one: it has all its pods, or an autoscaler has just asked for more and it
 * lacks no more than those, and has no fewer than the active one. Without the latter replicas that change again and
 * again would hold a release for ever.
 */
export function isWhole(facts: Facts, rs: ReplicaSet | undefined): boolean {
  if (isSaturated(facts, rs)) return true;
  if (rs === undefined || specReplicasOf(rs) !== facts.replicas) return false;
  const available = availableOf(rs);
  const isSettled = createdAt(rs) + newForMs <= facts.now;
  if (!isSettled || available === 0 || available < availableOf(activeReplicaSet(facts))) return false;
  const newcomers = alivePods(facts, rs).filter((pod) => createdAt(pod) + newForMs > facts.now);
  return facts.replicas - available <= newcomers.length;
}
