import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Experiment } from '#api/argoproj/experiment.js';
import { annotations } from '#api/argoproj/words.js';
import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { controllerOf } from '#core/kube/object.js';
import { parseInstant, type Instant } from '#core/time/instant.js';

/** Everything of a namespace that may belong to what is looked at. */
export interface InspectInput {
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly Pod[];
  readonly runs: readonly AnalysisRun[];
  readonly experiments: readonly Experiment[];
  readonly now: Instant;
}

/** One line of the tree and what hangs under it. */
export interface InspectNode {
  /** What it is; `Revision` is no object. */
  readonly kind: 'Rollout' | 'Revision' | 'ReplicaSet' | 'Pod' | 'Experiment' | 'AnalysisRun' | 'Job';
  readonly name: string;
  /** With its icon; absent for a revision. */
  readonly status?: { readonly icon: string; readonly text: string };
  /** As kubectl prints an age; empty for a revision. */
  readonly age: string;
  readonly info: readonly string[];
  readonly children: readonly InspectNode[];
}

/** The objects that the owner controls. */
export function ownedBy<T extends KubeObject>(owner: KubeObject, objects: readonly T[]): readonly T[] {
  return objects.filter((object) => {
    const uid = controllerOf(object)?.uid;
    return uid !== undefined && uid === owner.metadata.uid;
  });
}

/** The revision that an object carries; 0 when it has none. */
export function revisionNumber(object: KubeObject): number {
  const number = Number(object.metadata.annotations?.[annotations.revision] ?? 0);
  return Number.isInteger(number) ? number : 0;
}

/** Newest revision first, then the oldest object, then by name. */
export function byRevision(a: KubeObject, b: KubeObject): number {
  return revisionNumber(b) - revisionNumber(a) || byCreation(a, b);
}

/** Oldest first, then by name. */
export function byCreation(a: KubeObject, b: KubeObject): number {
  const byTime = createdAt(a) - createdAt(b);
  return byTime === 0 ? (a.metadata.name < b.metadata.name ? -1 : 1) : byTime;
}

function createdAt({ metadata }: KubeObject): number {
  return parseInstant(metadata.creationTimestamp) ?? 0;
}
