import type { Artifact } from '#api/flux/git-repository.js';
import type { InventoryEntry, Kustomization, KustomizationStatus } from '#api/flux/kustomization.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { Kind } from '#api/kinds.js';
import type { Decision } from '#core/decision/decision.js';
import type { Instant } from '#core/time/instant.js';
import type { OwnedField } from '#core/traffic/owned-field.js';
import type { PatchOperation } from '../../apply/field-managers.js';
import type { WantedRevert } from '../../on-abort/revert.js';
import type { BuildInputs, KustomizationMemory } from './kustomization-run.js';

export interface KustomizationSnapshot {
  readonly now: Instant;
  readonly object: Kustomization;
  readonly memory: KustomizationMemory;
  readonly source: ObservedSource;
  /** In the order of `spec.dependsOn`. */
  readonly dependencies: readonly ObservedDependency[];
  /** Versions of the ConfigMaps and Secrets that ask for a run when they change. */
  readonly inputs: readonly string[];
  /** What running releases own. */
  readonly leases: readonly OwnedField[];
  /** What of it releases own that run now, with whose they are. */
  readonly running: readonly RunningLease[];
  /** The Rollouts that it applied, as they are; none of another cluster. */
  readonly rollouts: readonly Rollout[];
  /** What the watches show of objects that matter now, by inventory id; absent when no watch answers yet. */
  readonly watched: ReadonlyMap<string, WatchedObject>;
  /** Pods of awaited workloads that their pods tell of, by inventory id of the workload. */
  readonly pods?: ReadonlyMap<string, readonly UnknownObject[]>;
  readonly settings: KustomizationSettings;
}

export interface RunningLease extends OwnedField {
  /** `Rollout/namespace/name` */
  readonly holder: string;
}

export interface KustomizationSettings {
  /** How long to wait when a source or a dependency is not there yet. */
  readonly dependencyMs: number;
  /** How long the objects of an awaited stage may take. */
  readonly stageWaitMs: number;
  /** Shortest time from the end of a run to one that corrects drift. */
  readonly driftGapMs: number;
  /** `group/Kind` of objects that get a stage of their own. */
  readonly customStageKinds: readonly string[];
  /** The interval of each object differs from its spec by up to this. */
  readonly intervalJitterPercent: number;
  /** References to sources of other namespaces are refused. */
  readonly noCrossNamespaceRefs: boolean;
  /** Managers whose fields are taken over like those of kubectl. */
  readonly overrideManagers: readonly string[];
  /** Who objects are applied as where the spec names nobody; `''`: the controller itself. */
  readonly defaultServiceAccount: string;
  /** Who asks key services, and whose tokens other clusters take, where nobody is named; empty: nobody. */
  readonly defaultDecryptionAccount: string;
  readonly defaultKubeconfigAccount: string;
  /** A variable that is unset and has no default is a problem; else it is empty. */
  readonly isStrict: boolean;
  /** A dependency with `readyExpr` must be ready by the rule for all too. */
  readonly isReadyExprAdded: boolean;
  /** What has failed is waited for until the time is up: it may recover. */
  readonly isPatient: boolean;
}

export const defaultKustomizationSettings: KustomizationSettings = {
  dependencyMs: 30_000,
  stageWaitMs: 60_000,
  driftGapMs: 5_000,
  customStageKinds: [],
  intervalJitterPercent: 0,
  noCrossNamespaceRefs: false,
  overrideManagers: [],
  defaultServiceAccount: '',
  defaultDecryptionAccount: '',
  defaultKubeconfigAccount: '',
  isStrict: true,
  isReadyExprAdded: false,
  isPatient: false,
};

export interface ObservedSource {
  /** `Kind/namespace/name` */
  readonly subject: string;
  readonly isFound: boolean;
  readonly artifact?: Artifact;
}

export interface ObservedDependency {
  readonly namespace: string;
  readonly name: string;
  /** Absent when there is none. */
  readonly object?: Kustomization;
}

export interface WatchedObject {
  /** Absent when it does not exist. */
  readonly object?: UnknownObject;
}

/** ReplicaSets of one Rollout. */
export interface WantedTemplates {
  /** Inventory id of the Rollout. */
  readonly id: string;
  readonly namespace: string;
  readonly uid: string;
  readonly hashes: readonly string[];
}

/** One object to send. */
export interface Payload {
  readonly id: string;
  readonly kind: Kind;
  readonly body: UnknownObject;
  /** Delete what is there first: it has a field that cannot be changed. */
  readonly isRecreated: boolean;
  /** The same, if the server refuses it for such a field. */
  readonly mayRecreate: boolean;
  /** The server was not asked before: its refusal is the answer. */
  readonly isTrial?: boolean;
  /** What is done first, so that what was written by hand goes. */
  readonly takeOver: readonly PatchOperation[];
}

/** What a pass over a Kustomization may do. Those that look at something answer with a RunObservation. */
export type KustomizationAction =
  | { readonly kind: 'addFinalizer' }
  | { readonly kind: 'removeFinalizer' }
  | {
      readonly kind: 'buildRevision';
      readonly artifact: Artifact;
      /** What the last good run was made of: nothing is built if that is still so. */
      readonly known?: { readonly inputs: BuildInputs; readonly digest: string };
    }
  | { readonly kind: 'inspectStage'; readonly stage: number; readonly objects: readonly UnknownObject[] }
  | { readonly kind: 'dryRunStage'; readonly stage: number; readonly payloads: readonly Payload[] }
  | { readonly kind: 'applyStage'; readonly stage: number; readonly payloads: readonly Payload[] }
  | { readonly kind: 'pruneEntries'; readonly entries: readonly InventoryEntry[] }
  /** Pushes what reverts the commits of aborted releases, unless that is there. */
  | { readonly kind: 'revertCommits'; readonly wanted: readonly WantedRevert[] }
  /** Reads the pod templates of ReplicaSets by the hashes of their Rollouts. */
  | {
      readonly kind: 'readTemplates';
      readonly of: 'aborted' | 'stable';
      readonly wanted: readonly WantedTemplates[];
    }
  /** Looks at awaited objects that no watch shows. */
  | { readonly kind: 'lookAgain'; readonly objects: readonly UnknownObject[] }
  | {
      readonly kind: 'resolveHealthKinds';
      readonly refs: readonly { readonly apiVersion: string; readonly kind: string }[];
    };

export interface KustomizationDecision extends Decision<KustomizationAction, KustomizationStatus> {
  /** What to remember when the decision has been executed, before what its actions saw. */
  readonly memory: KustomizationMemory;
}
