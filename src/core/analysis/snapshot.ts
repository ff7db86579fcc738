import type { AnalysisRun, Measurement } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import type { Instant } from '#core/time/instant.js';
import type { Pace } from './run/pace.js';
import type { FinishedMeasurement } from './run/record.js';

/** What is known of a run when a pass begins. */
export interface AnalysisSnapshot {
  readonly now: Instant;
  readonly run: AnalysisRun;
  /** Names of metrics that this process measures right now. */
  readonly measuring: readonly string[];
  /** What was measured and is not in the status yet, in the order in which it ended. */
  readonly finished: readonly FinishedMeasurement[];
  /** When the run began, to the millisecond, where this process began it. */
  readonly startedAt?: Instant | undefined;
  /** By metric, what this process knows of its last measurement that is in the status. */
  readonly paces?: ReadonlyMap<string, Pace>;
}

/** A metric to be measured. */
export interface MetricTask {
  /** As the results call it, arguments put in. */
  readonly name: string;
  /** With its placeholders: the Secrets are put in where it is measured. */
  readonly metric: Metric;
}

export type AnalysisAction =
  /** Begin to measure what was due at `dueAt`. What comes of it is `finished` of a later pass. */
  | ({ readonly kind: 'measure'; readonly dueAt: Instant } & MetricTask)
  /** Look after a measurement that its source has under way, or end it. */
  | ({ readonly kind: 'resumeMeasurement'; readonly measurement: Measurement } & MetricTask)
  | ({ readonly kind: 'terminateMeasurement'; readonly measurement: Measurement } & MetricTask)
  /** Nobody waits for these any more: end the queries and forget their outcome. */
  | { readonly kind: 'abandonMeasurements'; readonly metrics: readonly string[] }
  /** The time to live of a completed run is over. */
  | { readonly kind: 'deleteRun'; readonly uid?: string; readonly resourceVersion?: string };
