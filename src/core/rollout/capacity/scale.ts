import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { RolloutAction, Target } from '../actions.js';
import { specReplicasOf, type Facts } from '../facts.js';
import { surgeOf } from '../restart/surge.js';

/** The version of an object as it was observed. */
export function targetOf(object: Pick<KubeObject, 'metadata'>): Target {
  const { name, uid, resourceVersion } = object.metadata;
  return { name, uid: uid ?? '', resourceVersion: resourceVersion ?? '' };
}

/**
 * Brings a ReplicaSet to a size; nothing when it is there. A set without pods loses its scale-down deadline, and the
 * Rollout's replicas are noted on every set that has some. The extra pod of a restart is kept beside the size.
 */
export function scaleTo(facts: Facts, rs: ReplicaSet, to: number): readonly RolloutAction[] {
  const from = specReplicasOf(rs);
  const noted = rs.metadata.annotations?.[annotations.desiredReplicas];
  const isNoted = noted === String(facts.replicas);
  const extra = surgeOf(rs);
  const hasDeadline = rs.metadata.annotations?.[annotations.scaleDownDeadline] !== undefined;
  if (from === to && (isNoted || to === 0)) return [];
  return [
    {
      kind: 'scaleReplicaSet',
      target: targetOf(rs),
      from: from + extra,
      to: to === 0 ? 0 : to + extra,
      annotations: {
        ...(isNoted ? {} : { [annotations.desiredReplicas]: String(facts.replicas) }),
        ...(hasDeadline && to === 0 ? { [annotations.scaleDownDeadline]: null } : {}),
        ...(extra > 0 && to === 0 ? { [annotations.restartSurge]: null } : {}),
      },
    },
  ];
}

/** Sets or removes the moment until which a ReplicaSet keeps its pods. */
export function setDeadline(rs: ReplicaSet, deadline: string | null): readonly RolloutAction[] {
  const now = rs.metadata.annotations?.[annotations.scaleDownDeadline] ?? null;
  if (now === deadline) return [];
  const patch = { metadata: { annotations: { [annotations.scaleDownDeadline]: deadline } } };
  return [{ kind: 'patchReplicaSet', target: targetOf(rs), patch }];
}
