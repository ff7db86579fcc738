import type { Rollout, RolloutStatus } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { podTemplateHash, stepsHash } from '#core/template-hash/template-hash.js';
import { matchesSelector } from '#core/kube/selector.js';
import type { Instant } from '#core/time/instant.js';
import { withoutSurge } from './restart/surge.js';
import { findNewReplicaSet } from './replica-sets/find-new.js';
import { canarySettings, desiredReplicas, type CanarySettings } from './spec/canary-settings.js';
import type { RolloutSnapshot } from './snapshot.js';

/** What follows from the snapshot alone; fixed for the whole pass. */
export interface Facts {
  readonly snapshot: RolloutSnapshot;
  readonly now: Instant;
  readonly rollout: Rollout;
  readonly old: RolloutStatus;
  /** Wanted pods of a settled release. */
  readonly replicas: number;
  /** Of a canary; `undefined` for blue-green. */
  readonly canary: CanarySettings | undefined;
  /** All that are ours, oldest first; without the extra pod that a restart gave one of them. */
  readonly all: readonly ReplicaSet[];
  /** Has the template of the spec; `undefined` until it is created. */
  readonly newRS: ReplicaSet | undefined;
  /** Hash of the new ReplicaSet, else the one it will get. */
  readonly newHash: string;
  readonly stepsHash: string;
  /** Revision of the new ReplicaSet, as it is or must become. */
  readonly revision: number;
}

/** Finds the ReplicaSet of the current template, its hash and its revision. */
export function factsOf(snapshot: RolloutSnapshot): Facts {
  const { rollout } = snapshot;
  const old = rollout.status ?? {};
  const replicas = desiredReplicas(rollout, snapshot.replicaSets);
  const strategy = rollout.spec.strategy?.canary;
  const computed = podTemplateHash(rollout.spec.template ?? {}, old.collisionCount);
  const all = snapshot.replicaSets.filter((rs) => isOurs(rollout, rs)).map(withoutSurge);
  const newRS = findNewReplicaSet(all, rollout.spec.template ?? {}, computed);
  const older = all.filter((rs) => rs !== newRS);
  return {
    snapshot,
    now: snapshot.now,
    rollout,
    old,
    replicas,
    canary: strategy === undefined ? undefined : canarySettings(strategy, replicas),
    all,
    newRS,
    newHash: newRS === undefined ? computed : hashOf(newRS),
    stepsHash: strategy === undefined ? '' : stepsHash(strategy.steps),
    revision: Math.max(newRS === undefined ? 1 : revisionOf(newRS), ...older.map((rs) => revisionOf(rs) + 1)),
  };
}

/** Whether a ReplicaSet that the Rollout controls still fits its selector; one that does not is let go. */
export function isOurs({ spec }: Rollout, rs: ReplicaSet): boolean {
  return spec.selector === undefined || matchesSelector(spec.selector, rs.metadata.labels);
}

/** The pod hash that a ReplicaSet carries; `''` when it carries none. */
export function hashOf(rs: ReplicaSet): string {
  return rs.metadata.labels?.[labels.podTemplateHash] ?? '';
}

/** 0 when it has none. */
export function revisionOf(rs: ReplicaSet): number {
  const revision = Number(rs.metadata.annotations?.[annotations.revision] ?? 0);
  return Number.isNaN(revision) ? 0 : revision;
}

export function availableOf(rs: ReplicaSet | undefined): number {
  return rs?.status?.availableReplicas ?? 0;
}

/** Available pods that stay: those of a set that was just made smaller are on their way out. */
export function servingOf(rs: ReplicaSet | undefined): number {
  return Math.min(availableOf(rs), specReplicasOf(rs));
}

export function specReplicasOf(rs: ReplicaSet | undefined): number {
  return rs === undefined ? 0 : (rs.spec.replicas ?? 1);
}

/** The ReplicaSet with this hash, if it is ours. */
export function withHash(facts: Facts, hash: string | undefined): ReplicaSet | undefined {
  return hash === undefined || hash === '' ? undefined : facts.all.find((rs) => hashOf(rs) === hash);
}

/** Ours except these, newest revision first. */
export function othersThan(
  facts: Facts,
  ...roles: readonly (ReplicaSet | undefined)[]
): readonly ReplicaSet[] {
  return facts.all.filter((rs) => !roles.includes(rs)).toSorted((a, b) => revisionOf(b) - revisionOf(a));
}
