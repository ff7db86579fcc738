import type { AnalysisPhase, MetricResult } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import { effectiveCount } from '../spec/count.js';
import { limitsOf } from '../spec/limits.js';
import { isCompletedPhase } from '../run-model.js';

/** The phase of a metric by what was measured so far. A completed metric keeps its phase. */
export function assessMetric(metric: Metric, result: MetricResult, isTerminating: boolean): AnalysisPhase {
  if (isCompletedPhase(result.phase)) return result.phase;
  const last = result.measurements?.at(-1);
  if (last === undefined) return isTerminating ? 'Successful' : 'Pending';
  if (!isCompletedPhase(last.phase)) return 'Running';
  return (
    findExceededLimit(metric, result)?.phase ??
    assessCount(metric, result) ??
    (isTerminating ? 'Successful' : 'Running')
  );
}

function assessCount(metric: Metric, result: MetricResult): AnalysisPhase | undefined {
  const { failure, consecutiveSuccess } = limitsOf(metric);
  if (consecutiveSuccess > 0 && (result.consecutiveSuccess ?? 0) >= consecutiveSuccess) return 'Successful';
  const wanted = effectiveCount(metric);
  if (wanted === undefined || (result.count ?? 0) < wanted) return undefined;
  if (consecutiveSuccess === 0) return 'Successful';
  return failure >= 0 ? 'Inconclusive' : 'Failed';
}

/** The limit that a metric is over, with the words for it. */
export interface ExceededLimit {
  readonly phase: 'Error' | 'Inconclusive' | 'Failed';
  readonly reason: string;
}

/** The first limit that the counters of a metric are over. */
export function findExceededLimit(metric: Metric, result: MetricResult): ExceededLimit | undefined {
  const limits = limitsOf(metric);
  const { consecutiveError = 0, inconclusive = 0, failed = 0 } = result;
  if (consecutiveError > limits.consecutiveError) {
    return {
      phase: 'Error',
      reason: `consecutiveErrors (${consecutiveError}) > consecutiveErrorLimit (${limits.consecutiveError})`,
    };
  }
  if (inconclusive > limits.inconclusive) {
    return {
      phase: 'Inconclusive',
      reason: `inconclusive (${inconclusive}) > inconclusiveLimit (${limits.inconclusive})`,
    };
  }
  if (limits.failure >= 0 && failed > limits.failure) {
    return { phase: 'Failed', reason: `failed (${failed}) > failureLimit (${limits.failure})` };
  }
  return undefined;
}
