import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { intOrString } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { metricProviderSchema } from './metric-provider.js';
import { analysisTemplateRefSchema, dryRunSchema, measurementRetentionSchema } from './rollout-analysis.js';

export type * from './metric-provider.js';

/** An argument of a template or a run. Without `value` and `valueFrom` the caller must supply it. */
export const argumentSchema = Type.Object({
  name: Type.String(),
  value: Type.Optional(Type.String()),
  valueFrom: Type.Optional(
    Type.Object({
      secretKeyRef: Type.Optional(Type.Object({ name: Type.String(), key: Type.String() })),
      fieldRef: Type.Optional(Type.Object({ fieldPath: Type.String() })),
    }),
  ),
});
export type Argument = DeepReadonly<Static<typeof argumentSchema>>;

/** One metric and how it is judged. Counts and limits may be text, since arguments are text. */
export const metricSchema = Type.Object({
  name: Type.String(),
  interval: Type.Optional(Type.String()),
  initialDelay: Type.Optional(Type.String()),
  count: Type.Optional(intOrString()),
  successCondition: Type.Optional(Type.String()),
  failureCondition: Type.Optional(Type.String()),
  failureLimit: Type.Optional(intOrString()),
  inconclusiveLimit: Type.Optional(intOrString()),
  consecutiveErrorLimit: Type.Optional(intOrString()),
  consecutiveSuccessLimit: Type.Optional(intOrString()),
  provider: metricProviderSchema,
});
export type Metric = DeepReadonly<Static<typeof metricSchema>>;

export const analysisTemplateSpecSchema = Type.Object({
  metrics: Type.Optional(Type.Array(metricSchema)),
  args: Type.Optional(Type.Array(argumentSchema)),
  dryRun: Type.Optional(Type.Array(dryRunSchema)),
  measurementRetention: Type.Optional(Type.Array(measurementRetentionSchema)),
  templates: Type.Optional(Type.Array(analysisTemplateRefSchema)),
});
export type AnalysisTemplateSpec = DeepReadonly<Static<typeof analysisTemplateSpecSchema>>;

/** Of the AnalysisTemplate and of the ClusterAnalysisTemplate: they differ in scope only. */
export const analysisTemplateSchema = Type.Object({ spec: analysisTemplateSpecSchema });

export interface AnalysisTemplate extends KubeObject {
  readonly spec: AnalysisTemplateSpec;
}

export interface ClusterAnalysisTemplate extends KubeObject {
  readonly spec: AnalysisTemplateSpec;
}
