import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { int32, stringMap, time, keepUnknown } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { argumentSchema, metricSchema } from './analysis-template.js';
import { ttlStrategySchema } from './metric-provider.js';
import { dryRunSchema, measurementRetentionSchema } from './rollout-analysis.js';

/** The phase of a run, a metric or a measurement; the last four are final. */
export type AnalysisPhase = 'Pending' | 'Running' | 'Successful' | 'Failed' | 'Error' | 'Inconclusive';

const phase = () => Type.Unsafe<AnalysisPhase>({ type: 'string' });
const text = () => Type.Optional(Type.String());
const count = () => Type.Optional(int32());

export const analysisRunSpecSchema = Type.Object({
  metrics: Type.Array(metricSchema),
  args: Type.Optional(Type.Array(argumentSchema)),
  dryRun: Type.Optional(Type.Array(dryRunSchema)),
  measurementRetention: Type.Optional(Type.Array(measurementRetentionSchema)),
  terminate: Type.Optional(Type.Boolean()),
  ttlStrategy: Type.Optional(ttlStrategySchema),
});
export type AnalysisRunSpec = DeepReadonly<Static<typeof analysisRunSpecSchema>>;

export const measurementSchema = Type.Object(
  {
    phase: phase(),
    message: text(),
    value: text(),
    startedAt: Type.Optional(time()),
    finishedAt: Type.Optional(time()),
    resumeAt: Type.Optional(time()),
    metadata: Type.Optional(stringMap()),
  },
  keepUnknown,
);
export type Measurement = DeepReadonly<Static<typeof measurementSchema>>;

/** Counters that are 0 are absent. */
export const metricResultSchema = Type.Object(
  {
    name: Type.String(),
    phase: phase(),
    message: text(),
    count: count(),
    successful: count(),
    failed: count(),
    inconclusive: count(),
    error: count(),
    consecutiveError: count(),
    consecutiveSuccess: count(),
    dryRun: Type.Optional(Type.Boolean()),
    metadata: Type.Optional(stringMap()),
    measurements: Type.Optional(Type.Array(measurementSchema)),
  },
  keepUnknown,
);
export type MetricResult = DeepReadonly<Static<typeof metricResultSchema>>;

/** How many metrics ended in which way. Counters that are 0 are absent. */
export const runSummarySchema = Type.Object({
  count: count(),
  successful: count(),
  failed: count(),
  inconclusive: count(),
  error: count(),
});
export type RunSummary = DeepReadonly<Static<typeof runSummarySchema>>;

export const analysisRunStatusSchema = Type.Object(
  {
    phase: phase(),
    message: text(),
    startedAt: Type.Optional(time()),
    completedAt: Type.Optional(time()),
    runSummary: Type.Optional(runSummarySchema),
    dryRunSummary: Type.Optional(runSummarySchema),
    metricResults: Type.Optional(Type.Array(metricResultSchema)),
  },
  keepUnknown,
);
export type AnalysisRunStatus = DeepReadonly<Static<typeof analysisRunStatusSchema>>;

export const analysisRunSchema = Type.Object({
  spec: analysisRunSpecSchema,
  status: Type.Optional(analysisRunStatusSchema),
});

export interface AnalysisRun extends KubeObject {
  readonly spec: AnalysisRunSpec;
  readonly status?: AnalysisRunStatus;
}
