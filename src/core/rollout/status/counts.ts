import type { RolloutStatus } from '#api/argoproj/rollout.js';
import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { formatSelector } from '#core/kube/selector.js';
import { availableOf, specReplicasOf, withHash, type Facts } from '../facts.js';
import { selectorHash } from '../traffic/view.js';

export type Counts = Required<
  Pick<
    RolloutStatus,
    'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas' | 'HPAReplicas' | 'selector'
  >
>;

/** The numbers of the status, for people and for the scale subresource. Blue-green counts the active pods only. */
export function countPods(facts: Facts): Counts {
  const active = activeReplicaSet(facts);
  const counted = active === undefined ? facts.all : [active];
  const selector = formatSelector((active ?? facts.rollout).spec.selector ?? {});
  return {
    replicas: sum(facts.all, (rs) => rs.status?.replicas),
    updatedReplicas: facts.newRS?.status?.replicas ?? 0,
    readyReplicas: sum(counted, (rs) => rs.status?.readyReplicas),
    availableReplicas: sum(counted, (rs) => rs.status?.availableReplicas),
    HPAReplicas: sum(counted, (rs) => rs.status?.replicas),
    selector,
  };
}

/** The ReplicaSet that the active Service selects; `undefined` for a canary and before the first switch. */
export function activeReplicaSet(facts: Facts): ReplicaSet | undefined {
  const service = facts.rollout.spec.strategy?.blueGreen?.activeService;
  return service === undefined ? undefined : withHash(facts, selectorHash(facts.snapshot.services[service]));
}

/** All pods are there and the set was sized for the Rollout's replicas. */
export function isSaturated(facts: Facts, rs: ReplicaSet | undefined): boolean {
  if (rs === undefined) return false;
  const noted = rs.metadata.annotations?.[annotations.desiredReplicas];
  return (
    specReplicasOf(rs) === facts.replicas &&
    availableOf(rs) === facts.replicas &&
    noted === String(facts.replicas)
  );
}

function sum(sets: readonly ReplicaSet[], count: (rs: ReplicaSet) => number | undefined): number {
  return sets.reduce((total, rs) => total + (count(rs) ?? 0), 0);
}
