import type { AnalysisRun, Measurement } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import type { Instant } from '#core/time/instant.js';
import type { FinishedMeasurement } from './record.js';

/** What is known of a run when a pass begins. */
export interface AnalysisSnapshot {
  readonly now: Instant;
  readonly run: AnalysisRun;
  /** Names of metrics that this process measures right now. */
  readonly measuring: readonly string[];
  /** What was measured and is not in the status yet, in the order in which it ended. */
  readonly finished: readonly FinishedMeasurement[];
  /** Why the arguments could not be put in when a measurement began, for instance a Secret that is missing. */
  readonly unresolved?: string;
}

export type AnalysisAction =
  /** Begin to measure; `metric` has its placeholders still. What comes of it is `finished` of a later pass. */
  | { readonly kind: 'measure'; readonly metric: Metric }
  /** Look after a measurement that its source has under way, or end it. */
  | { readonly kind: 'resumeMeasurement'; readonly metric: Metric; readonly measurement: Measurement }
  | { readonly kind: 'terminateMeasurement'; readonly metric: Metric; readonly measurement: Measurement }
  /** Nobody waits for these any more: end the queries and forget their outcome. */
  | { readonly kind: 'abandonMeasurements'; readonly metrics: readonly string[] }
  /** The time to live of a completed run is over. */
  | { readonly kind: 'deleteRun'; readonly uid?: string; readonly resourceVersion?: string };
