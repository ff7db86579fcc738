import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { ReplicaSet, Service } from '#api/k8s/core-kinds.js';
import type { Target } from '#core/rollout/actions.js';

/** What one pass over an Experiment may do to the cluster. `of` names the template or the analysis. */
export type ExperimentAction =
  | { readonly kind: 'createReplicaSet'; readonly of: string; readonly replicaSet: ReplicaSet }
  | {
      readonly kind: 'scaleReplicaSet';
      readonly of: string;
      readonly target: Target;
      readonly from: number;
      readonly to: number;
      /** Takes the date of the end away. */
      readonly deadline?: null;
    }
  /** Dates the end of a ReplicaSet's pods. */
  | {
      readonly kind: 'dateReplicaSet';
      readonly of: string;
      readonly target: Target;
      readonly deadline: string;
    }
  | { readonly kind: 'createService'; readonly of: string; readonly service: Service }
  | { readonly kind: 'deleteService'; readonly of: string; readonly target: Target }
  | { readonly kind: 'startAnalysis'; readonly of: string; readonly run: AnalysisRun }
  | { readonly kind: 'stopAnalysis'; readonly of: string; readonly target: Target };
