import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet, Service } from '#api/k8s/core-kinds.js';
import type { TemplateTables } from '#core/analysis/run-model.js';
import type { Instant } from '#core/time/instant.js';

/** Everything that one pass over an Experiment may know. What is absent does not exist in the cluster. */
export interface ExperimentSnapshot {
  readonly now: Instant;
  readonly experiment: Experiment;
  /** The Rollout whose step this experiment is. */
  readonly rollout: Rollout | undefined;
  /** ReplicaSets and Services that the Experiment controls and that are not being deleted, oldest first. */
  readonly replicaSets: readonly ReplicaSet[];
  readonly services: readonly Service[];
  /** Names of ReplicaSets and Services of somebody else that ours would get. */
  readonly takenNames: { readonly replicaSets: readonly string[]; readonly services: readonly string[] };
  /** Pod hashes of ReplicaSets of somebody else in the namespace: pods with them are selected by other Services. */
  readonly takenHashes: readonly string[];
  /** Runs of the namespace whose names begin with that of the Experiment, and all that it controls. */
  readonly analysisRuns: readonly AnalysisRun[];
  readonly templates: TemplateTables;
  /** What the cluster refused for good in this very pass; the status says so, and nothing more is tried. */
  readonly refusals: readonly Refusal[];
}

/** An action that no repetition makes succeed, for instance an object that the API server finds invalid. */
export interface Refusal {
  readonly action: 'createReplicaSet' | 'scaleReplicaSet' | 'createService' | 'startAnalysis';
  /** Name of the template or of the analysis. */
  readonly of: string;
  readonly message: string;
}
