import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet, Service } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { TemplateTables } from '#core/analysis/run-model.js';
import type { TrafficChange } from '#core/traffic/request.js';
import type { Router } from '#core/traffic/router.js';
import type { Instant } from '#core/time/instant.js';
import type { RoutingMemory } from './traffic/record.js';
import type { StepPluginView } from './step-plugins/view.js';
import type { Budget } from './why/budget-waits.js';
import type { PodTrouble } from './why/pod-trouble.js';
import type { WorkloadView } from './workload-ref/resolve.js';
import type { Workload } from './workload-ref/workload.js';

/** Everything that one pass over a Rollout may know. Deeply read-only; what is absent does not exist in the cluster. */
export interface RolloutSnapshot {
  readonly now: Instant;
  readonly settings: RolloutSettings;
  /** With the template and selector of the workload that it refers to, as if they were its own. */
  readonly rollout: Rollout;
  /** What `workloadRef` came to; absent without one. */
  readonly workload?: WorkloadView;
  /** The generation of the workload that the stored Rollout is annotated with. */
  readonly notedWorkloadGeneration?: string;
  /** Deployments that this Rollout scaled down and that it names no more. */
  readonly leftWorkloads: readonly Workload[];
  /** ReplicaSets that the Rollout controls and that are not being deleted, oldest first. */
  readonly replicaSets: readonly ReplicaSet[];
  /** The pods of those ReplicaSets. */
  readonly pods: readonly PodView[];
  /** Disruption budgets of the namespace, while pods are being restarted; absent otherwise. */
  readonly budgets?: readonly Budget[];
  /** ReplicaSets that match the selector and have no controller. */
  readonly adoptable: readonly ReplicaSet[];
  /** Names of ReplicaSets in the namespace that somebody else controls, as far as they collide with ours. */
  readonly foreignReplicaSets: readonly string[];
  /** The Services that the spec names and those of running experiments, by name. */
  readonly services: Readonly<Record<string, ServiceView>>;
  /** Services that carry our managed-by annotation and that the spec names no more; all of them when it is being deleted. */
  readonly releasedServices: readonly Service[];
  /** What routers take back from objects that the spec names no more. */
  readonly releasedTraffic: readonly ReleasedTraffic[];
  /** Runs that the Rollout controls. */
  readonly analysisRuns: readonly AnalysisRun[];
  /** Names of runs beside it that somebody else controls, as far as they could be names of its own. */
  readonly foreignRuns: readonly string[];
  /** Experiments that the Rollout controls and that are not being deleted. */
  readonly experiments: readonly Experiment[];
  /** Names of experiments that are taken by others, as far as they could be names of its own. */
  readonly foreignExperiments: readonly string[];
  /** All templates that the namespace sees. */
  readonly templates: TemplateTables;
  /** Absent: no step plugins are configured. */
  readonly stepPlugins?: StepPluginView;
  /** The configured routers, in the order in which they are driven. */
  readonly routers: readonly Router[];
  /** What the traffic is shifted by while somebody else than stable gets some; absent when nobody does. */
  readonly former?: FormerRouting;
  /** Keys under `trafficRouting` that no registered provider knows. */
  readonly unknownRouters: readonly string[];
}

export interface RolloutSettings {
  /** How long a proxy may need to learn of changed endpoints when no router says so. */
  readonly endpointPropagationMs: number;
}

/** What is known of a pod: its metadata, and of one that is not ready what keeps it from it. */
export type PodView = Pick<KubeObject, 'metadata'> & { readonly status?: PodTrouble };

/** A Service with what its EndpointSlices say. */
export interface ServiceView {
  readonly service: Service;
  /** Ready endpoints by the pod hash of the pod behind them; `''` for pods without one. */
  readonly readyByHash: Readonly<Record<string, number>>;
}

/** How traffic was shifted when that was done last. */
export interface FormerRouting {
  readonly strategy: RoutingMemory;
  readonly routers: readonly Router[];
}

/** Changes of one router to objects that are no longer configured. */
export interface ReleasedTraffic {
  readonly router: string;
  readonly changes: readonly TrafficChange[];
}
