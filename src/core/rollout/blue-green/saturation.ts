import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { carriesItsShare } from '../capacity/newcomers.js';
import type { Facts } from '../facts.js';
import { activeReplicaSet, isSaturated } from '../status/counts.js';

/** Whether a ReplicaSet can serve as the active one: it is saturated, or as whole as the active one while replicas change. */
export function isWhole(facts: Facts, rs: ReplicaSet | undefined): boolean {
  const size = facts.replicas;
  return (
    isSaturated(facts, rs) || carriesItsShare(facts, { rs, size }, { rs: activeReplicaSet(facts), size })
  );
}
