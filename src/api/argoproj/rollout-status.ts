import { Type, type Static } from '@sinclair/typebox';
import { conditionSchema } from '../schema/common.js';
import { anything, int32, int64, keepUnknown, time, wordOf } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';

/** Where the pods of one role get their traffic. */
export const weightDestinationSchema = Type.Object({
  weight: int32(),
  serviceName: Type.Optional(Type.String()),
  podTemplateHash: Type.Optional(Type.String()),
});
export type WeightDestination = DeepReadonly<Static<typeof weightDestinationSchema>>;

/** The weights last written to the router; `verified` only when the router can tell. */
export const trafficWeightsSchema = Type.Object({
  canary: weightDestinationSchema,
  stable: weightDestinationSchema,
  additional: Type.Optional(Type.Array(weightDestinationSchema)),
  verified: Type.Optional(Type.Boolean()),
});
export type TrafficWeights = DeepReadonly<Static<typeof trafficWeightsSchema>>;

/** A run or an experiment that the Rollout is in. */
export const analysisRunRefSchema = Type.Object({
  name: Type.String(),
  status: Type.String(),
  message: Type.Optional(Type.String()),
});
export type RolloutAnalysisRunStatus = DeepReadonly<Static<typeof analysisRunRefSchema>>;

export const stepPluginStatusSchema = Type.Object(
  {
    index: int32(),
    name: Type.String(),
    operation: Type.String(),
    phase: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
    startedAt: Type.Optional(time()),
    updatedAt: Type.Optional(time()),
    finishedAt: Type.Optional(time()),
    backoff: Type.Optional(Type.String()),
    executions: Type.Optional(int32()),
    disabled: Type.Optional(Type.Boolean()),
    status: Type.Optional(anything()),
  },
  keepUnknown,
);
export type StepPluginStatus = DeepReadonly<Static<typeof stepPluginStatusSchema>>;

export const canaryStatusSchema = Type.Object(
  {
    weights: Type.Optional(trafficWeightsSchema),
    currentStepAnalysisRunStatus: Type.Optional(analysisRunRefSchema),
    currentBackgroundAnalysisRunStatus: Type.Optional(analysisRunRefSchema),
    currentExperiment: Type.Optional(Type.String()),
    /** Ours: the experiment of the current step succeeded, and a person holds the step. */
    finishedExperiment: Type.Optional(Type.String()),
    /** Ours: an experiment that was left in a pass that did not look at the traffic. */
    leavingExperiment: Type.Optional(Type.String()),
    stablePingPong: Type.Optional(wordOf<'ping' | 'pong'>()),
    stepPluginStatuses: Type.Optional(Type.Array(stepPluginStatusSchema)),
  },
  keepUnknown,
);
export type CanaryStatus = DeepReadonly<Static<typeof canaryStatusSchema>>;

export const blueGreenStatusSchema = Type.Object(
  {
    previewSelector: Type.Optional(Type.String()),
    activeSelector: Type.Optional(Type.String()),
    scaleUpPreviewCheckPoint: Type.Optional(Type.Boolean()),
    prePromotionAnalysisRunStatus: Type.Optional(analysisRunRefSchema),
    postPromotionAnalysisRunStatus: Type.Optional(analysisRunRefSchema),
  },
  keepUnknown,
);
export type BlueGreenStatus = DeepReadonly<Static<typeof blueGreenStatusSchema>>;

export const pauseConditionSchema = Type.Object({ reason: Type.String(), startTime: time() });
export type PauseCondition = DeepReadonly<Static<typeof pauseConditionSchema>>;

/**
 * What Sluice alone keeps about the way of a weight to the proxies, so that a restart waits no less than it must.
 * Other tools ignore it.
 */
export const trafficProgressSchema = Type.Object(
  {
    wanted: Type.Optional(int32()),
    writtenAt: Type.Optional(Type.String()),
    confirmedAt: Type.Optional(Type.String()),
  },
  keepUnknown,
);
export type TrafficProgress = DeepReadonly<Static<typeof trafficProgressSchema>>;

const targetGroup = () =>
  Type.Optional(
    Type.Object({ name: Type.String(), arn: Type.String(), fullName: Type.Optional(Type.String()) }),
  );

const albStatusSchema = Type.Object({
  loadBalancer: targetGroup(),
  canaryTargetGroup: targetGroup(),
  stableTargetGroup: targetGroup(),
  ingress: Type.Optional(Type.String()),
});

/** How long the last update took, and how it ended. */
export const rolloutDurationSchema = Type.Object(
  {
    rolloutStartedAt: Type.Optional(time()),
    manualPauseStartedAt: Type.Optional(time()),
    totalManualPauseDurationSeconds: Type.Optional(int64()),
    finishedAt: Type.Optional(time()),
    completionStatus: Type.Optional(Type.String()),
  },
  keepUnknown,
);
export type RolloutDuration = DeepReadonly<Static<typeof rolloutDurationSchema>>;

/** Something that a Rollout waits for. Kept by Sluice alone; `since` stays while the same wait lasts. */
export const whySchema = Type.Object(
  {
    what: Type.String({ description: 'What must be seen first.' }),
    object: Type.String({ description: 'Kind/namespace/name of the object that will show it.' }),
    since: time(),
    until: Type.Optional(time({ description: 'When it ends by itself.' })),
    unblockedBy: Type.String({ description: 'Who or what can end it.' }),
    reason: Type.Optional(Type.String({ description: 'One word for programs, for instance Unschedulable.' })),
  },
  keepUnknown,
);
/** One thing that a release waits for. */
export type WhyEntry = DeepReadonly<Static<typeof whySchema>>;

/** `observedGeneration` is text here, as the peer has it. Counts that are 0 may be absent. */
export const rolloutStatusSchema = Type.Object(
  {
    phase: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
    observedGeneration: Type.Optional(Type.String()),
    workloadObservedGeneration: Type.Optional(Type.String()),
    conditions: Type.Optional(Type.Array(conditionSchema)),
    currentPodHash: Type.Optional(Type.String()),
    currentStepHash: Type.Optional(Type.String()),
    currentStepIndex: Type.Optional(int32()),
    stableRS: Type.Optional(Type.String()),
    replicas: Type.Optional(int32()),
    updatedReplicas: Type.Optional(int32()),
    readyReplicas: Type.Optional(int32()),
    availableReplicas: Type.Optional(int32()),
    HPAReplicas: Type.Optional(int32()),
    selector: Type.Optional(Type.String()),
    collisionCount: Type.Optional(int32()),
    pauseConditions: Type.Optional(Type.Array(pauseConditionSchema)),
    controllerPause: Type.Optional(Type.Boolean()),
    pausedSince: Type.Optional(
      time({ description: 'When the newest pause began, to the millisecond. Kept by Sluice alone.' }),
    ),
    abort: Type.Optional(Type.Boolean()),
    abortedAt: Type.Optional(time()),
    promoteFull: Type.Optional(Type.Boolean()),
    restartedAt: Type.Optional(time()),
    canary: Type.Optional(canaryStatusSchema),
    blueGreen: Type.Optional(blueGreenStatusSchema),
    alb: Type.Optional(albStatusSchema),
    albs: Type.Optional(Type.Array(albStatusSchema)),
    duration: Type.Optional(rolloutDurationSchema),
    traffic: Type.Optional(trafficProgressSchema),
    why: Type.Optional(Type.Array(whySchema)),
  },
  keepUnknown,
);
export type RolloutStatus = DeepReadonly<Static<typeof rolloutStatusSchema>>;

/** `status.phase` of a Rollout. */
export type RolloutPhase = 'Healthy' | 'Degraded' | 'Progressing' | 'Paused';
