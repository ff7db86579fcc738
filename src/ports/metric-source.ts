import type { Measurement } from '#api/argoproj/analysis-run.js';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import type { SourceOutcome } from '#core/analysis/judge/judge.js';

/**
 * A place that answers metric queries. A source never throws for what the far side answered: that is an outcome.
 * Registered in src/adapters/metrics/index.ts by the key of the provider in the AnalysisTemplate.
 */
export interface MetricSource {
  /** The key under `metrics[].provider`, for instance `prometheus`. */
  readonly id: string;
  measure(request: MetricRequest): Promise<MetricOutcome>;
  /** For sources whose measurements take their time (outcome `running`): looks after one, or ends it. */
  readonly resume?: (request: MetricRequest, measurement: Measurement) => Promise<MetricOutcome>;
  readonly terminate?: (request: MetricRequest, measurement: Measurement) => Promise<MetricOutcome>;
  /** Tells the source that only the last `limit` measurements of this metric are kept. Never throws. */
  readonly collect?: (request: MetricRequest, limit: number) => Promise<void>;
  /** What is worth knowing of the query itself: goes into the metadata of the metric. Pure. */
  readonly describe?: (provider: unknown) => Readonly<Record<string, string>>;
}

export interface MetricRequest {
  /** The value under `metrics[].provider.<id>`, arguments already put in. */
  readonly provider: unknown;
  /** Where the run lives; Secrets that a provider names are read through `readSecret`. */
  readonly namespace: string;
  readonly runName: string;
  readonly metricName: string;
  /** The whole metric, arguments already put in. */
  readonly metric: Metric;
  /** As it is stored, with what was measured so far. */
  readonly run: AnalysisRun;
  readonly signal: AbortSignal;
  /**
   * Asks for an object by the values of these labels (one inside of another) in place of a list. A source that knows no
   * labels, or whose answer does not have the first of them, gives what it gives without.
   */
  readonly splitBy?: readonly string[];
  /** The decoded value of one key; throws AppError Missing when it is absent. */
  readSecret(name: string, key: string): Promise<string>;
}

/** What a source made of a query; numbers in `result` are floats, bigints ints, a `Float64Array` a list of floats. */
export type MetricOutcome = SourceOutcome;
