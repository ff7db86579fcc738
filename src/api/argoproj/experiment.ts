import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { addedMetadataSchema, conditionSchema, labelSelectorSchema } from '../schema/common.js';
import { int32, time, keepUnknown } from '../schema/dialect.js';
import { podTemplateSchema } from '../schema/pod-template.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { argumentSchema } from './analysis-template.js';
import { dryRunSchema, measurementRetentionSchema } from './rollout-analysis.js';

const text = () => Type.Optional(Type.String());

export const experimentTemplateSchema = Type.Object({
  name: Type.String(),
  replicas: Type.Optional(int32()),
  minReadySeconds: Type.Optional(int32()),
  selector: Type.Optional(labelSelectorSchema),
  template: podTemplateSchema,
  service: Type.Optional(Type.Object({ name: text() })),
});
export type ExperimentTemplate = DeepReadonly<Static<typeof experimentTemplateSchema>>;

export const experimentAnalysisSchema = Type.Object({
  name: Type.String(),
  templateName: Type.String(),
  clusterScope: Type.Optional(Type.Boolean()),
  args: Type.Optional(Type.Array(argumentSchema)),
  requiredForCompletion: Type.Optional(Type.Boolean()),
});
export type ExperimentAnalysis = DeepReadonly<Static<typeof experimentAnalysisSchema>>;

export const experimentSpecSchema = Type.Object({
  templates: Type.Array(experimentTemplateSchema),
  duration: text(),
  progressDeadlineSeconds: Type.Optional(int32()),
  terminate: Type.Optional(Type.Boolean()),
  analyses: Type.Optional(Type.Array(experimentAnalysisSchema)),
  scaleDownDelaySeconds: Type.Optional(int32()),
  dryRun: Type.Optional(Type.Array(dryRunSchema)),
  measurementRetention: Type.Optional(Type.Array(measurementRetentionSchema)),
  analysisRunMetadata: Type.Optional(addedMetadataSchema),
});
export type ExperimentSpec = DeepReadonly<Static<typeof experimentSpecSchema>>;

/** `status` is `Progressing`, `Running`, `Successful`, `Failed` or `Error`. Service and hash are there while the Service is. */
export const experimentTemplateStatusSchema = Type.Object({
  name: Type.String(),
  replicas: int32(),
  updatedReplicas: int32(),
  readyReplicas: int32(),
  availableReplicas: int32(),
  collisionCount: Type.Optional(int32()),
  status: text(),
  message: text(),
  lastTransitionTime: Type.Optional(time()),
  serviceName: text(),
  podTemplateHash: text(),
});
/** What became of one template. */
export type ExperimentTemplateStatus = DeepReadonly<Static<typeof experimentTemplateStatusSchema>>;

/** `name` is that of the analysis in the spec, `analysisRun` that of the run; `''` when none could be made. */
export const experimentRunStatusSchema = Type.Object({
  name: Type.String(),
  analysisRun: Type.String(),
  phase: Type.String(),
  message: text(),
});
/** Where the run of one analysis stands. */
export type ExperimentRunStatus = DeepReadonly<Static<typeof experimentRunStatusSchema>>;

export const experimentStatusSchema = Type.Object(
  {
    phase: text(),
    message: text(),
    templateStatuses: Type.Optional(Type.Array(experimentTemplateStatusSchema)),
    availableAt: Type.Optional(time()),
    conditions: Type.Optional(Type.Array(conditionSchema)),
    analysisRuns: Type.Optional(Type.Array(experimentRunStatusSchema)),
  },
  keepUnknown,
);
export type ExperimentStatus = DeepReadonly<Static<typeof experimentStatusSchema>>;

export const experimentSchema = Type.Object({
  spec: experimentSpecSchema,
  status: Type.Optional(experimentStatusSchema),
});

export interface Experiment extends KubeObject {
  readonly spec: ExperimentSpec;
  readonly status?: ExperimentStatus;
}
