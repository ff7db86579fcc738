import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { RolloutAction } from '../actions.js';
import { targetOf } from '../capacity/scale.js';
import { hashOf, isOurs, revisionOf, specReplicasOf, type Facts } from '../facts.js';
import { antiAffinityPatch } from './anti-affinity.js';
import { inheritedAnnotations, ownerReference } from './build.js';

/** Takes over ReplicaSets that match the Rollout's selector and belong to nobody, and lets those go that match no more. */
export function claim(facts: Facts): readonly RolloutAction[] {
  const { rollout, snapshot } = facts;
  const strangers = snapshot.replicaSets.filter((rs) => !isOurs(rollout, rs));
  return [...adopt(facts), ...strangers.map((rs) => letGo(rs, rollout.metadata.uid))];
}

function letGo(rs: ReplicaSet, uid: string | undefined): RolloutAction {
  const ownerReferences = (rs.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
  return { kind: 'patchReplicaSet', target: targetOf(rs), patch: { metadata: { ownerReferences } } };
}

function adopt(facts: Facts): readonly RolloutAction[] {
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
  const notes = annotationPatch(facts, newRS);
  const { minReadySeconds, template } = specPatch(facts, newRS);
  const spec = {
    ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    ...(template === undefined ? {} : { template }),
  };
  const patch = {
    ...(Object.keys(notes).length === 0 ? {} : { metadata: { annotations: notes } }),
    ...(Object.keys(spec).length === 0 ? {} : { spec }),
  };
  return Object.keys(patch).length === 0 ? [] : [{ kind: 'patchReplicaSet', target: targetOf(newRS), patch }];
}

/** The Rollout's annotations and the new revision; a set that changes notes the revision that it had in its history. */
function annotationPatch(facts: Facts, newRS: ReplicaSet): Readonly<Record<string, string>> {
  const current = newRS.metadata.annotations ?? {};
  const before = revisionOf(newRS);
  const wanted = {
    ...inheritedAnnotations(facts.rollout),
    ...(before < facts.revision ? { [annotations.revision]: String(facts.revision) } : {}),
  };
  const changed = Object.entries(wanted).filter(([key, value]) => current[key] !== value);
  if (changed.length === 0) return {};
  const history = current[annotations.revisionHistory] ?? '';
  const longer = history === '' ? String(before) : `${history},${before}`;
  return {
    ...Object.fromEntries(changed),
    ...(before > 0 ? { [annotations.revisionHistory]: longer } : {}),
  };
}

interface SpecPatch {
  readonly minReadySeconds?: number | null;
  readonly template?: unknown;
}

/** What changes in place, without a new revision. */
function specPatch(facts: Facts, newRS: ReplicaSet): SpecPatch {
  const { rollout, old } = facts;
  const { canary, blueGreen } = rollout.spec.strategy ?? {};
  const wish = canary?.antiAffinity ?? blueGreen?.antiAffinity;
  const stableHash = old.stableRS ?? '';
  const isOther = stableHash !== hashOf(newRS);
  const namespace = rollout.metadata.namespace ?? '';
  const template = isOther
    ? antiAffinityPatch(newRS.spec.template ?? {}, wish, stableHash, namespace)
    : undefined;
  const { minReadySeconds } = rollout.spec;
  const isReadyTimeNew = (minReadySeconds ?? 0) !== (newRS.spec.minReadySeconds ?? 0);
  return {
    ...(isReadyTimeNew ? { minReadySeconds: minReadySeconds ?? null } : {}),
    ...(template === undefined ? {} : { template }),
  };
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
    ...(isReplicasMissing ? { spec: { replicas: facts.replicas } } : {}),
  };
  return [{ kind: 'patchRollout', target: targetOf(rollout), patch }];
}

/** Deletes the oldest of the ReplicaSets that hold no pods, down to the history limit. */
export function trimHistory(facts: Facts, others: readonly ReplicaSet[]): readonly RolloutAction[] {
  const limit = facts.rollout.spec.revisionHistoryLimit ?? 10;
  const oldestFirst = facts.all.filter((rs) => others.includes(rs));
  return oldestFirst
    .slice(0, Math.max(0, others.length - limit))
    .filter((rs) => specReplicasOf(rs) === 0 && (rs.status?.replicas ?? 0) === 0)
    .filter((rs) => (rs.status?.observedGeneration ?? 0) >= (rs.metadata.generation ?? 0))
    .map((rs) => ({ kind: 'deleteReplicaSet', target: targetOf(rs) }));
}
