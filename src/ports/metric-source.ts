/**
 * A place that answers metric queries. A source never throws for what the far side answered: that is an outcome.
 * Registered in src/adapters/metrics/index.ts by the key of the provider in the AnalysisTemplate.
 */
export interface MetricSource {
  /** The key under `metrics[].provider`, for instance `prometheus`. */
  readonly id: string;
  measure(request: MetricRequest): Promise<MetricOutcome>;
}

export interface MetricRequest {
  /** The value under `metrics[].provider.<id>`, arguments already put in. */
  readonly provider: unknown;
  /** Where the run lives; Secrets that a provider names are read through `readSecret`. */
  readonly namespace: string;
  readonly runName: string;
  readonly metricName: string;
  readonly signal: AbortSignal;
  /** The decoded value of one key; throws AppError Missing when it is absent. */
  readSecret(name: string, key: string): Promise<string>;
}

export type MetricOutcome =
  | {
      readonly kind: 'value';
      /** What the conditions see as `result`: numbers as `GoFloat`/`GoInt` of core/expr where the distinction matters. */
      readonly result: unknown;
      /** The text for `measurement.value`. */
      readonly value: string;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly metadata?: Readonly<Record<string, string>>;
    };
