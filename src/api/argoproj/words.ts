/** Condition types of a Rollout's status. */
export const rolloutConditions = {
  progressing: 'Progressing',
  available: 'Available',
  paused: 'Paused',
  completed: 'Completed',
  healthy: 'Healthy',
  invalidSpec: 'InvalidSpec',
  replicaFailure: 'ReplicaFailure',
  /** Ours: the plugin of a step cannot be asked. */
  pluginUnavailable: 'PluginUnavailable',
  /** For kstatus and all who know its three: the peer has none of them. */
  ready: 'Ready',
  reconciling: 'Reconciling',
  stalled: 'Stalled',
} as const;

/** Reasons of a Rollout's conditions. */
export const rolloutReasons = {
  newReplicaSetCreated: 'NewReplicaSetCreated',
  foundNewReplicaSet: 'FoundNewReplicaSet',
  replicaSetUpdated: 'ReplicaSetUpdated',
  replicaSetNotAvailable: 'ReplicaSetNotAvailable',
  newReplicaSetAvailable: 'NewReplicaSetAvailable',
  rolloutPaused: 'RolloutPaused',
  rolloutResumed: 'RolloutResumed',
  rolloutRetry: 'RolloutRetry',
  rolloutAborted: 'RolloutAborted',
  progressDeadlineExceeded: 'ProgressDeadlineExceeded',
  replicaSetCreateError: 'ReplicaSetCreateError',
  available: 'AvailableReason',
  rolloutCompleted: 'RolloutCompleted',
  rolloutHealthy: 'RolloutHealthy',
  invalidSpec: 'InvalidSpec',
} as const;

/** Reasons in `status.pauseConditions`. */
export const pauseReasons = {
  canaryPauseStep: 'CanaryPauseStep',
  blueGreenPause: 'BlueGreenPause',
  inconclusiveAnalysisRun: 'InconclusiveAnalysisRun',
  inconclusiveExperiment: 'InconclusiveExperiment',
} as const;

/** Reasons of events about a Rollout; runs and experiments add `AnalysisRun<Phase>` and `Experiment<Phase>`. */
export const rolloutEvents = {
  rolloutAddedToInformer: 'RolloutAddedToInformer',
  rolloutUpdated: 'RolloutUpdated',
  newReplicaSetCreated: 'NewReplicaSetCreated',
  foundNewReplicaSet: 'FoundNewReplicaSet',
  rolloutNotCompleted: 'RolloutNotCompleted',
  scalingReplicaSet: 'ScalingReplicaSet',
  rolloutCompleted: 'RolloutCompleted',
  switchService: 'SwitchService',
  rolloutStepCompleted: 'RolloutStepCompleted',
  rolloutPaused: 'RolloutPaused',
  rolloutResumed: 'RolloutResumed',
  rolloutAborted: 'RolloutAborted',
  rolloutDeleted: 'RolloutDeleted',
  skipSteps: 'SkipSteps',
  trafficWeightUpdated: 'TrafficWeightUpdated',
  trafficRoutingError: 'TrafficRoutingError',
  /** Ours: somebody else changed what a release had written, and it was written again. */
  trafficRestored: 'TrafficRestored',
  /** Ours: traffic could not be taken back before what it belongs to went. */
  trafficLeftBehind: 'TrafficLeftBehind',
  weightVerifyError: 'WeightVerifyError',
  targetGroupVerified: 'TargetGroupVerified',
  targetGroupUnverified: 'TargetGroupUnverified',
  targetGroupVerifyError: 'TargetGroupVerifyError',
  loadBalancerNotFound: 'LoadBalancerNotFound',
  experimentCreated: 'ExperimentCreated',
  stepPluginTransition: 'StepPluginTransition',
  reconciliationError: 'ReconciliationError',
  replicaSetCreateError: 'ReplicaSetCreateError',
  progressDeadlineExceeded: 'ProgressDeadlineExceeded',
} as const;

/** Label keys that the peer and Sluice put on objects. */
export const labels = {
  /** On ReplicaSets, pods, selectors of Services, AnalysisRuns and Experiments. */
  podTemplateHash: 'rollouts-pod-template-hash',
  /** `Step`, `Background`, `PrePromotion` or `PostPromotion`, on AnalysisRuns. */
  rolloutType: 'rollout-type',
  stepIndex: 'step-index',
  controllerInstanceId: 'argo-rollouts.argoproj.io/controller-instance-id',
  analysisRunUid: 'analysisrun.argoproj.io/uid',
  /** Ours: `true` on a Deployment that a Rollout scaled down. */
  scaledDown: 'sluice.dev/scaled-down',
} as const;

/** Values of the label {@link labels.rolloutType}. */
export const rolloutTypes = {
  step: 'Step',
  background: 'Background',
  prePromotion: 'PrePromotion',
  postPromotion: 'PostPromotion',
} as const;

/** On a Rollout while somebody else than stable gets requests: its deletion waits until that was taken back. */
export const trafficFinalizer = 'sluice.dev/traffic';

/** Annotation keys that the peer and Sluice put on objects. */
export const annotations = {
  revision: 'rollout.argoproj.io/revision',
  revisionHistory: 'rollout.argoproj.io/revision-history',
  desiredReplicas: 'rollout.argoproj.io/desired-replicas',
  workloadGeneration: 'rollout.argoproj.io/workload-generation',
  ephemeralMetadata: 'rollout.argoproj.io/ephemeral-metadata',
  scaleDownDeadline: 'scale-down-deadline',
  managedByRollouts: 'argo-rollouts.argoproj.io/managed-by-rollouts',
  experimentName: 'experiment.argoproj.io/name',
  experimentTemplateName: 'experiment.argoproj.io/template-name',
  analysisRunName: 'analysisrun.argoproj.io/name',
  analysisRunNamespace: 'analysisrun.argoproj.io/namespace',
  analysisRunMetricName: 'analysisrun.argoproj.io/metric-name',
  notified: 'notified.notifications.argoproj.io',
  /** Ours: the ReplicaSet has one pod more than its role wants, so that a restart takes nothing away. */
  restartSurge: 'sluice.dev/restart-surge',
  /** Ours, on a Deployment that a Rollout takes its template from: the Rollout that scaled it down. */
  scaledDownBy: 'sluice.dev/scaled-down-by',
  /** Ours: the replicas it had before. */
  scaledDownFrom: 'sluice.dev/scaled-down-from',
  /** Ours: the replicas it was given last; others mean that somebody else scaled it since. */
  scaledDownTo: 'sluice.dev/scaled-down-to',
  /** Ours: the ReplicaSet is kept for a while after an abort; it never was good. */
  aborted: 'sluice.dev/aborted',
  /** Set by kubectl; never copied to ReplicaSets. */
  lastApplied: 'kubectl.kubernetes.io/last-applied-configuration',
} as const;

/** Phases of runs, metrics, measurements and experiments. */
export const analysisPhases = {
  pending: 'Pending',
  running: 'Running',
  successful: 'Successful',
  failed: 'Failed',
  error: 'Error',
  inconclusive: 'Inconclusive',
} as const;

/** `status.duration.completionStatus` of a Rollout. */
export const completionStatuses = {
  promoted: 'Promoted',
  fastPromoted: 'FastPromoted',
  aborted: 'Aborted',
  rolledBack: 'RolledBack',
  fastRolledBack: 'FastRolledBack',
  superseded: 'Superseded',
} as const;
