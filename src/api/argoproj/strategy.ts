import { Type, type Static } from '@sinclair/typebox';
import { addedMetadataSchema } from '../schema/common.js';
import { int32, intOrString, wordOf } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { canaryStepSchema } from './canary-step.js';
import { rolloutAnalysisBackgroundSchema, rolloutAnalysisSchema } from './rollout-analysis.js';
import { trafficRoutingSchema } from './traffic-routing.js';

/** Keeps new pods away from nodes of the old ones. Exactly one member is meant to be set. */
export const antiAffinitySchema = Type.Object({
  preferredDuringSchedulingIgnoredDuringExecution: Type.Optional(Type.Object({ weight: int32() })),
  requiredDuringSchedulingIgnoredDuringExecution: Type.Optional(Type.Object({})),
});
export type AntiAffinity = DeepReadonly<Static<typeof antiAffinitySchema>>;

/** Labels and annotations that pods carry only while they have that role. */
export type PodTemplateMetadata = DeepReadonly<Static<typeof addedMetadataSchema>>;

/** The canary strategy; what an absent field means is said in rollout-defaults.ts. */
export const canaryStrategySchema = Type.Object({
  canaryService: Type.Optional(Type.String()),
  stableService: Type.Optional(Type.String()),
  steps: Type.Optional(Type.Array(canaryStepSchema)),
  trafficRouting: Type.Optional(trafficRoutingSchema),
  maxSurge: Type.Optional(intOrString()),
  maxUnavailable: Type.Optional(intOrString()),
  analysis: Type.Optional(rolloutAnalysisBackgroundSchema),
  antiAffinity: Type.Optional(antiAffinitySchema),
  canaryMetadata: Type.Optional(addedMetadataSchema),
  stableMetadata: Type.Optional(addedMetadataSchema),
  scaleDownDelaySeconds: Type.Optional(int32()),
  scaleDownDelayRevisionLimit: Type.Optional(int32()),
  abortScaleDownDelaySeconds: Type.Optional(int32()),
  dynamicStableScale: Type.Optional(Type.Boolean()),
  pingPong: Type.Optional(Type.Object({ pingService: Type.String(), pongService: Type.String() })),
  minPodsPerReplicaSet: Type.Optional(int32()),
  replicaProgressThreshold: Type.Optional(
    Type.Object({ type: wordOf<'Percent' | 'Pods'>(), value: int32() }),
  ),
});
export type CanaryStrategy = DeepReadonly<Static<typeof canaryStrategySchema>>;

/** The blue-green strategy; what an absent field means is said in rollout-defaults.ts. */
export const blueGreenStrategySchema = Type.Object({
  activeService: Type.String(),
  previewService: Type.Optional(Type.String()),
  previewReplicaCount: Type.Optional(int32()),
  autoPromotionEnabled: Type.Optional(Type.Boolean()),
  autoPromotionSeconds: Type.Optional(int32()),
  maxUnavailable: Type.Optional(intOrString()),
  scaleDownDelaySeconds: Type.Optional(int32()),
  scaleDownDelayRevisionLimit: Type.Optional(int32()),
  abortScaleDownDelaySeconds: Type.Optional(int32()),
  prePromotionAnalysis: Type.Optional(rolloutAnalysisSchema),
  postPromotionAnalysis: Type.Optional(rolloutAnalysisSchema),
  antiAffinity: Type.Optional(antiAffinitySchema),
  previewMetadata: Type.Optional(addedMetadataSchema),
  activeMetadata: Type.Optional(addedMetadataSchema),
});
export type BlueGreenStrategy = DeepReadonly<Static<typeof blueGreenStrategySchema>>;

/** Exactly one member is meant to be set. */
export const rolloutStrategySchema = Type.Object({
  blueGreen: Type.Optional(blueGreenStrategySchema),
  canary: Type.Optional(canaryStrategySchema),
});
export type RolloutStrategy = DeepReadonly<Static<typeof rolloutStrategySchema>>;
