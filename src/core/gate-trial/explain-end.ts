import type { AnalysisRun, MetricResult } from '#api/argoproj/analysis-run.js';
import { findExceededLimit } from '#core/analysis/judge/assess-metric.js';
import { effectiveCount } from '#core/analysis/spec/count.js';
import { limitsOf } from '#core/analysis/spec/limits.js';
import { prepareRun } from '#core/analysis/spec/prepare.js';

/** Which limit or count ended a metric, in the words of its fields. */
export function explainEnd(run: AnalysisRun, result: MetricResult): string {
  const prepared = prepareRun(run);
  const metric = prepared.ok ? prepared.value.metrics.find(({ name }) => name === result.name) : undefined;
  if (metric === undefined) return '';
  const exceeded = findExceededLimit(metric, result)?.reason;
  if (exceeded !== undefined) return exceeded;
  const { consecutiveSuccess } = limitsOf(metric);
  const inRow = result.consecutiveSuccess ?? 0;
  if (consecutiveSuccess > 0 && inRow >= consecutiveSuccess) {
    return `consecutiveSuccess (${inRow}) >= consecutiveSuccessLimit (${consecutiveSuccess})`;
  }
  const count = effectiveCount(metric);
  if (count === undefined || (result.count ?? 0) < count) return 'the run ended before it';
  const reached = `count (${count}) reached`;
  return consecutiveSuccess > 0 ? `${reached} without ${consecutiveSuccess} successes in a row` : reached;
}
