import { Type, type Static } from '@sinclair/typebox';
import { addedMetadataSchema, labelSelectorSchema } from '../schema/common.js';
import { anything, int32, intOrString, wordOf } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { dryRunSchema, rolloutAnalysisArgSchema, rolloutAnalysisSchema } from './rollout-analysis.js';

/** Exactly one member says how a text must look. */
export const stringMatchSchema = Type.Object({
  exact: Type.Optional(Type.String()),
  prefix: Type.Optional(Type.String()),
  regex: Type.Optional(Type.String()),
});
export type StepStringMatch = DeepReadonly<Static<typeof stringMatchSchema>>;

/** `duration`: whole seconds as number or text, or a Go duration; absent means until a person resumes. */
export const rolloutPauseSchema = Type.Object({ duration: Type.Optional(intOrString()) });
export type RolloutPause = DeepReadonly<Static<typeof rolloutPauseSchema>>;

/** Sizes the canary apart from its weight, until `matchTrafficWeight`. */
export const setCanaryScaleSchema = Type.Object({
  weight: Type.Optional(int32()),
  replicas: Type.Optional(int32()),
  matchTrafficWeight: Type.Optional(Type.Boolean()),
});
export type SetCanaryScale = DeepReadonly<Static<typeof setCanaryScaleSchema>>;

/** Sends requests with such headers to the canary; without `match` the route of that name is removed. */
export const setHeaderRouteSchema = Type.Object({
  name: Type.Optional(Type.String()),
  match: Type.Optional(
    Type.Array(Type.Object({ headerName: Type.String(), headerValue: Type.Optional(stringMatchSchema) })),
  ),
});
export type SetHeaderRoute = DeepReadonly<Static<typeof setHeaderRouteSchema>>;

/** Copies a share of such requests to the canary; without `match` the route of that name is removed. */
export const setMirrorRouteSchema = Type.Object({
  name: Type.String(),
  match: Type.Optional(
    Type.Array(
      Type.Object({
        method: Type.Optional(stringMatchSchema),
        path: Type.Optional(stringMatchSchema),
        headers: Type.Optional(Type.Record(Type.String(), stringMatchSchema)),
      }),
    ),
  ),
  percentage: Type.Optional(int32()),
});
export type SetMirrorRoute = DeepReadonly<Static<typeof setMirrorRouteSchema>>;

/** One template of an experiment step: a copy of the stable or the canary pods. */
export const experimentStepTemplateSchema = Type.Object({
  name: Type.String(),
  specRef: wordOf<'canary' | 'stable'>(),
  replicas: Type.Optional(int32()),
  metadata: Type.Optional(addedMetadataSchema),
  selector: Type.Optional(labelSelectorSchema),
  weight: Type.Optional(int32()),
  service: Type.Optional(Type.Object({ name: Type.Optional(Type.String()) })),
});
export type ExperimentStepTemplate = DeepReadonly<Static<typeof experimentStepTemplateSchema>>;

export const experimentStepSchema = Type.Object({
  templates: Type.Array(experimentStepTemplateSchema),
  duration: Type.Optional(Type.String()),
  analyses: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        templateName: Type.String(),
        clusterScope: Type.Optional(Type.Boolean()),
        args: Type.Optional(Type.Array(rolloutAnalysisArgSchema)),
        requiredForCompletion: Type.Optional(Type.Boolean()),
      }),
    ),
  ),
  dryRun: Type.Optional(Type.Array(dryRunSchema)),
  analysisRunMetadata: Type.Optional(addedMetadataSchema),
  scaleDownDelaySeconds: Type.Optional(int32()),
});
export type ExperimentStep = DeepReadonly<Static<typeof experimentStepSchema>>;

/** One rung of a canary. Exactly one member is meant to be set; which one counts otherwise is up to the core. */
export const canaryStepSchema = Type.Object({
  setWeight: Type.Optional(
    int32({ description: 'Share of the traffic, or of the pods without a router, for the new version.' }),
  ),
  pause: Type.Optional(rolloutPauseSchema),
  experiment: Type.Optional(experimentStepSchema),
  analysis: Type.Optional(rolloutAnalysisSchema),
  setCanaryScale: Type.Optional(setCanaryScaleSchema),
  setHeaderRoute: Type.Optional(setHeaderRouteSchema),
  setMirrorRoute: Type.Optional(setMirrorRouteSchema),
  plugin: Type.Optional(Type.Object({ name: Type.String(), config: Type.Optional(anything()) })),
});
export type CanaryStep = DeepReadonly<Static<typeof canaryStepSchema>>;
