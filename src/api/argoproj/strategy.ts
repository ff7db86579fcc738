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

/** How long old and aborted pods stay; the same for both strategies. */
const delayLimits = {
  scaleDownDelayRevisionLimit: Type.Optional(
    int32({
      description: 'Old ReplicaSets that get that delay; older ones go at once. No limit when absent.',
    }),
  ),
  abortScaleDownDelaySeconds: Type.Optional(
    int32({ description: 'Seconds that new pods stay after an abort; 0 keeps them. 30 when absent.' }),
  ),
};

/** The canary strategy; what an absent field means is said in rollout-defaults.ts. */
export const canaryStrategySchema = Type.Object({
  canaryService: Type.Optional(
    Type.String({ description: 'Service that selects the pods of the new version.' }),
  ),
  stableService: Type.Optional(
    Type.String({ description: 'Service that selects the pods of the version in use.' }),
  ),
  steps: Type.Optional(Type.Array(canaryStepSchema)),
  trafficRouting: Type.Optional(trafficRoutingSchema),
  maxSurge: Type.Optional(
    intOrString({
      description:
        'Pods above the wanted number, as a count or a percentage that is rounded up. 25% when absent.',
    }),
  ),
  maxUnavailable: Type.Optional(
    intOrString({
      description:
        'Pods below the wanted number, as a count or a percentage that is rounded down. 25% when absent.',
    }),
  ),
  analysis: Type.Optional(rolloutAnalysisBackgroundSchema),
  antiAffinity: Type.Optional(antiAffinitySchema),
  canaryMetadata: Type.Optional(addedMetadataSchema),
  stableMetadata: Type.Optional(addedMetadataSchema),
  scaleDownDelaySeconds: Type.Optional(
    int32({
      description:
        'Seconds that old pods stay after they lost their traffic. 30 when absent; a canary without router has none.',
    }),
  ),
  ...delayLimits,
  dynamicStableScale: Type.Optional(
    Type.Boolean({
      description: 'Stable pods go as the canary gets their traffic, instead of staying complete.',
    }),
  ),
  pingPong: Type.Optional(Type.Object({ pingService: Type.String(), pongService: Type.String() })),
  minPodsPerReplicaSet: Type.Optional(int32({ description: 'No version in use has fewer pods than this.' })),
  replicaProgressThreshold: Type.Optional(
    Type.Object({ type: wordOf<'Percent' | 'Pods'>(), value: int32() }),
  ),
});
export type CanaryStrategy = DeepReadonly<Static<typeof canaryStrategySchema>>;

/** The blue-green strategy; what an absent field means is said in rollout-defaults.ts. */
export const blueGreenStrategySchema = Type.Object({
  activeService: Type.String({ description: 'Service that users are on.' }),
  previewService: Type.Optional(
    Type.String({ description: 'Service for the version that users do not see yet.' }),
  ),
  previewReplicaCount: Type.Optional(
    int32({
      description: 'Pods of the new version before it is promoted. As many as are wanted when absent.',
    }),
  ),
  autoPromotionEnabled: Type.Optional(
    Type.Boolean({ description: 'Promotes without a person. True when absent.' }),
  ),
  autoPromotionSeconds: Type.Optional(
    int32({ description: 'Seconds between a complete new version and its promotion. 0 when absent.' }),
  ),
  maxUnavailable: Type.Optional(
    intOrString({
      description:
        'Pods below the wanted number, as a count or a percentage that is rounded down. 25% when absent.',
    }),
  ),
  scaleDownDelaySeconds: Type.Optional(
    int32({
      description:
        'Seconds that old pods stay after they lost their traffic. 30 when absent; a canary without router has none.',
    }),
  ),
  ...delayLimits,
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
