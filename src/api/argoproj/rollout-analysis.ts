import { Type, type Static } from '@sinclair/typebox';
import { addedMetadataSchema } from '../schema/common.js';
import { int32, wordOf } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';

/** Which template to take the metrics from. */
export const analysisTemplateRefSchema = Type.Object({
  templateName: Type.String(),
  clusterScope: Type.Optional(Type.Boolean()),
});
export type AnalysisTemplateRef = DeepReadonly<Static<typeof analysisTemplateRefSchema>>;

/** Metrics, by regular expression over their names, that are measured and judged but decide nothing. */
export const dryRunSchema = Type.Object({ metricName: Type.String() });
export type DryRun = DeepReadonly<Static<typeof dryRunSchema>>;

/** How many measurements of the metrics that match are kept; 10 without such a rule. */
export const measurementRetentionSchema = Type.Object({ metricName: Type.String(), limit: int32() });
export type MeasurementRetention = DeepReadonly<Static<typeof measurementRetentionSchema>>;

/** An argument as a Rollout hands it to a template. */
export const rolloutAnalysisArgSchema = Type.Object({
  name: Type.String(),
  value: Type.Optional(Type.String()),
  valueFrom: Type.Optional(
    Type.Object({
      podTemplateHashValue: Type.Optional(wordOf<'Latest' | 'Stable'>()),
      fieldRef: Type.Optional(Type.Object({ fieldPath: Type.String() })),
    }),
  ),
});
export type RolloutAnalysisArg = DeepReadonly<Static<typeof rolloutAnalysisArgSchema>>;

const analysisFields = {
  templates: Type.Optional(Type.Array(analysisTemplateRefSchema)),
  args: Type.Optional(Type.Array(rolloutAnalysisArgSchema)),
  dryRun: Type.Optional(Type.Array(dryRunSchema)),
  measurementRetention: Type.Optional(Type.Array(measurementRetentionSchema)),
  analysisRunMetadata: Type.Optional(addedMetadataSchema),
};

/** An analysis that a step or a blue-green promotion waits for. */
export const rolloutAnalysisSchema = Type.Object(analysisFields);
export type RolloutAnalysis = DeepReadonly<Static<typeof rolloutAnalysisSchema>>;

/** An analysis that runs beside the steps, from `startingStep` on (0 when absent) until promotion. */
export const rolloutAnalysisBackgroundSchema = Type.Object({
  ...analysisFields,
  startingStep: Type.Optional(int32()),
});
export type RolloutAnalysisBackground = DeepReadonly<Static<typeof rolloutAnalysisBackgroundSchema>>;
