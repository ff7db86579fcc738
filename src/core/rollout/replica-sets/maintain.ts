import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { RolloutAction } from '../actions.js';
import { targetOf } from '../capacity/scale.js';
import { revisionOf, specReplicasOf, type Facts } from '../facts.js';
import { inheritedAnnotations, ownerReference } from './build.js';

/** Takes over ReplicaSets that match the Rollout's selector and belong to nobody. */
export function adopt(facts: Facts): readonly RolloutAction[] {
  return facts.snapshot.adoptable.map((rs) => ({
    kind: 'patchReplicaSet',
    target: targetOf(rs),
    patch: {
      metadata: { ownerReferences: [...(rs.metadata.ownerReferences ?? []), ownerReference(facts.rollout)] },
    },
  }));
}

/** Keeps revision, annotations and minReadySeconds of the current ReplicaSet, and the Rollout's own revision, up to date. */
export function syncRevision(facts: Facts, newRS: ReplicaSet): readonly RolloutAction[] {
  return [...syncReplicaSet(facts, newRS), ...syncRollout(facts)];
}

function syncReplicaSet(facts: Facts, newRS: ReplicaSet): readonly RolloutAction[] {
  const current = newRS.metadata.annotations ?? {};
  const wanted: Record<string, string> = { ...inheritedAnnotations(facts.rollout) };
  const before = revisionOf(newRS);
  if (before < facts.revision) {
    wanted[annotations.revision] = String(facts.revision);
    const history = current[annotations.revisionHistory];
    if (before > 0) {
      wanted[annotations.revisionHistory] = history === undefined ? String(before) : `${history},${before}`;
    }
  }
  const changed = Object.entries(wanted).filter(([key, value]) => current[key] !== value);
  const { minReadySeconds } = facts.rollout.spec;
  const isReadyTimeNew = (minReadySeconds ?? 0) !== (newRS.spec.minReadySeconds ?? 0);
  if (changed.length === 0 && !isReadyTimeNew) return [];
  return [
    {
      kind: 'patchReplicaSet',
      target: targetOf(newRS),
      patch: {
        ...(changed.length === 0 ? {} : { metadata: { annotations: Object.fromEntries(changed) } }),
        ...(isReadyTimeNew ? { spec: { minReadySeconds: minReadySeconds ?? null } } : {}),
      },
    },
  ];
}

/** Writes the Rollout's revision, and its replicas when the spec has none, so that an autoscaler can work on it. */
export function syncRollout(facts: Facts): readonly RolloutAction[] {
  const { rollout } = facts;
  const isRevisionNew = rollout.metadata.annotations?.[annotations.revision] !== String(facts.revision);
  const isReplicasMissing = rollout.spec.replicas === undefined;
  if (!isRevisionNew && !isReplicasMissing) return [];
  const patch = {
    ...(isRevisionNew
      ? { metadata: { annotations: { [annotations.revision]: String(facts.revision) } } }
      : {}),
    ...(isReplicasMissing ? { spec: { replicas: 1 } } : {}),
  };
  return [{ kind: 'patchRollout', target: targetOf(rollout), patch }];
}

/** Deletes the oldest of the ReplicaSets that hold no pods, down to the history limit. */
export function trimHistory(facts: Facts, others: readonly ReplicaSet[]): readonly RolloutAction[] {
  const limit = facts.rollout.spec.revisionHistoryLimit ?? 10;
  const oldestFirst = others.toSorted((a, b) => revisionOf(a) - revisionOf(b));
  return oldestFirst
    .slice(0, Math.max(0, others.length - limit))
    .filter((rs) => specReplicasOf(rs) === 0 && (rs.status?.replicas ?? 0) === 0)
    .filter((rs) => (rs.status?.observedGeneration ?? 0) >= (rs.metadata.generation ?? 0))
    .map((rs) => ({ kind: 'deleteReplicaSet', target: targetOf(rs) }));
}
