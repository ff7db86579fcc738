import type { Metric } from '#api/argoproj/analysis-template.js';
import { wholeNumber } from './count.js';

const defaultConsecutiveErrors = 4;

/** What a metric tolerates, as whole numbers with the defaults put in. */
export interface Limits {
  /** -1: failures are not limited. */
  readonly failure: number;
  readonly inconclusive: number;
  readonly consecutiveError: number;
  /** 0: successes in a row end nothing. */
  readonly consecutiveSuccess: number;
}

export function limitsOf(metric: Metric): Limits {
  return {
    failure: wholeNumber(metric.failureLimit),
    inconclusive: wholeNumber(metric.inconclusiveLimit),
    consecutiveError: wholeNumber(metric.consecutiveErrorLimit, defaultConsecutiveErrors),
    consecutiveSuccess: wholeNumber(metric.consecutiveSuccessLimit),
  };
}
