import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { StepCall } from '#core/plugin/step-call.js';
import type { TrafficChange } from '#core/traffic/request.js';

/** The version of an object that an action was decided on; writing to any other is a conflict. */
export interface Target {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Labels and annotations of an object that change; `null` removes one. */
interface MetadataChange {
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string | null>>;
}

/** What one pass over a Rollout may do to the cluster. All objects live in the Rollout's namespace unless they say otherwise. */
export type RolloutAction =
  /** A merge patch on the Rollout itself: revision annotation, `spec.replicas` when absent. */
  | { readonly kind: 'patchRollout'; readonly target: Target; readonly patch: unknown }
  /** Holds the deletion of the Rollout until its traffic is safe, or lets it go. */
  | { readonly kind: 'holdDeletion'; readonly target: Target; readonly isHeld: boolean }
  | { readonly kind: 'createReplicaSet'; readonly replicaSet: ReplicaSet }
  /** A merge patch on one of our ReplicaSets: adoption, annotations, minReadySeconds, metadata. */
  | { readonly kind: 'patchReplicaSet'; readonly target: Target; readonly patch: unknown }
  | {
      readonly kind: 'scaleReplicaSet';
      readonly target: Target;
      readonly from: number;
      readonly to: number;
      /** Annotations that change with the size; `null` removes one. */
      readonly annotations: Readonly<Record<string, string | null>>;
    }
  /** A merge patch on the metadata of a living pod; one that is gone is nothing to worry about. */
  | { readonly kind: 'patchPod'; readonly target: Target; readonly patch: unknown }
  /** Asks for the pod's eviction; a disruption budget may forbid it, then it is asked again later. */
  | { readonly kind: 'evictPod'; readonly target: Target }
  | { readonly kind: 'deleteReplicaSet'; readonly target: Target }
  /** Points a Service at the pods with this hash; `null` takes hash and ownership away. */
  | {
      readonly kind: 'setSelector';
      readonly target: Target;
      readonly hash: string | null;
      /** The Rollout's name, written as managed-by annotation. */
      readonly managedBy: string | null;
    }
  /** What one router's plan asks for, with the versions it was planned on. */
  | { readonly kind: 'setTraffic'; readonly router: string; readonly changes: readonly TrafficChange[] }
  | { readonly kind: 'startAnalysis'; readonly run: AnalysisRun }
  /** Begins to ask a plugin; what it says comes with a later pass. */
  | { readonly kind: 'callStepPlugin'; readonly call: StepCall }
  | { readonly kind: 'stopAnalysis'; readonly target: Target }
  | { readonly kind: 'deleteAnalysis'; readonly target: Target }
  | { readonly kind: 'startExperiment'; readonly experiment: Experiment }
  | { readonly kind: 'stopExperiment'; readonly target: Target }
  | { readonly kind: 'deleteExperiment'; readonly target: Target }
  /** Gives the Deployment that lends its template other replicas, with the marks of it. */
  | {
      readonly kind: 'scaleWorkload';
      readonly target: Target;
      readonly from: number;
      readonly to: number;
      readonly metadata: MetadataChange;
    };
