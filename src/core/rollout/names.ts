/** Label on ReplicaSets and pods, and selector key of Services, that tells the revisions of a Rollout apart. */
export const podHashLabel = 'rollouts-pod-template-hash';
/** Decimal revision; on ReplicaSets, the Rollout and its runs. */
export const revisionAnnotation = 'rollout.argoproj.io/revision';
/** Comma list of the earlier revisions of a ReplicaSet. */
export const revisionHistoryAnnotation = 'rollout.argoproj.io/revision-history';
/** `spec.replicas` of the Rollout when the ReplicaSet was last scaled. */
export const desiredReplicasAnnotation = 'rollout.argoproj.io/desired-replicas';
export const workloadGenerationAnnotation = 'rollout.argoproj.io/workload-generation';
/** What of a ReplicaSet's template metadata is there only while it has its role. */
export const ephemeralMetadataAnnotation = 'rollout.argoproj.io/ephemeral-metadata';
/** RFC 3339; until then a ReplicaSet that lost its traffic keeps its pods. */
export const scaleDownDeadlineAnnotation = 'scale-down-deadline';
/** On a Service: the Rollout that writes its selector. */
export const managedByAnnotation = 'argo-rollouts.argoproj.io/managed-by-rollouts';
export const instanceIdLabel = 'argo-rollouts.argoproj.io/controller-instance-id';
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
/** On an AnalysisRun: what it is for. */
export const runTypeLabel = 'rollout-type';
export const stepIndexLabel = 'step-index';
