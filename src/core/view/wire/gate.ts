import type { GateCounts, Mark } from './list.js';

/** A limit that can be drawn: `fails` names the side of the line on which a measurement does not pass. */
export interface Limit {
  readonly op: '<' | '<=' | '>' | '>=' | '==' | '!=';
  readonly value: number;
  readonly condition: 'success' | 'failure';
  readonly fails: 'above' | 'below' | 'on' | 'off';
}

export type Outcome = 'pass' | 'fail' | 'undecided' | 'error' | 'nodata' | 'pending';

export interface MeasurementView {
  readonly at: number;
  readonly outcome: Outcome;
  /** Its numbers, `null` for NaN and the infinities, which JSON does not have; empty when the value is none. */
  readonly values: readonly (number | null)[];
  readonly text: string;
  readonly message: string;
}

/** One look at a comparison: the ratios of canary to baseline that were still possible, and the evidence in natural logs. */
export interface ComparisonPoint {
  readonly at: number;
  readonly low: number;
  readonly high: number;
  /** The likeliest one; `null` while nothing was seen. */
  readonly ratio: number | null;
  readonly worse: number;
  readonly good: number;
}

/** Proven above the tolerance the canary fails, proven below the margin it is good enough. */
export interface ComparisonView {
  readonly tolerance: number;
  readonly margin: number;
  /** The evidence that proves. */
  readonly needed: number;
  readonly says: string;
  readonly points: readonly ComparisonPoint[];
}

export interface MetricView {
  readonly name: string;
  readonly mark: Mark;
  readonly phase: string;
  readonly dryRun: boolean;
  readonly source: string;
  readonly query: string;
  readonly intervalMs: number | null;
  readonly planned: number | null;
  readonly counts: GateCounts;
  readonly measured: number;
  /** Failures that are tolerated; -1 is any number. */
  readonly failureLimit: number;
  readonly limits: readonly Limit[];
  /** A condition that is no line, in its own words. */
  readonly notALine: readonly string[];
  readonly conditions: readonly string[];
  readonly measurements: readonly MeasurementView[];
  readonly comparison: ComparisonView | null;
  readonly message: string;
  /** One sentence for readers that see no plot. */
  readonly sentence: string;
}

export interface GateView {
  readonly run: string;
  readonly kind: 'step' | 'background' | 'pre' | 'post' | 'other';
  readonly step: number | null;
  readonly mark: Mark;
  readonly phase: string;
  readonly message: string;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly isCurrent: boolean;
  readonly metrics: readonly MetricView[];
}
