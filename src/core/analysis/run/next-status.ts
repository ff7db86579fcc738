import type { AnalysisRun, AnalysisRunStatus, MetricResult } from '#api/argoproj/analysis-run.js';
import { formatInstant, type Instant } from '#core/time/instant.js';
import type { Assessment } from '../judge/assess-run.js';
import type { NameRules } from '../spec/name-rules.js';
import { recordMeasurement, type FinishedMeasurement } from './record.js';
import { isCompletedPhase } from '../run-model.js';

/** Counts in what was measured; a metric that is done takes nothing more. */
export function recordAll(
  before: readonly MetricResult[],
  finished: readonly FinishedMeasurement[],
  rules: NameRules,
): readonly MetricResult[] {
  const results = new Map(before.map((result) => [result.name, result]));
  for (const measured of finished) {
    const earlier = results.get(measured.metric);
    if (isCompletedPhase(earlier?.phase)) continue;
    const isDryRun = rules.dryRun.has(measured.metric);
    results.set(measured.metric, recordMeasurement(earlier, measured, isDryRun));
  }
  return [...results.values()];
}

interface StatusInput {
  readonly now: Instant;
  readonly rules: NameRules;
}

/** Phase and message change together, and only when the phase does. */
export function nextStatus(
  run: AnalysisRun,
  assessment: Assessment,
  { now, rules }: StatusInput,
): AnalysisRunStatus {
  const { message: oldMessage, ...before } = run.status ?? { phase: 'Pending' as const };
  const { phase, results } = assessment;
  const isChanged = run.status?.phase !== phase;
  const message = isChanged ? assessment.message : (oldMessage ?? '');
  const trimmed = results.map((result) => trim(result, rules.retentionOf(result.name)));
  return {
    ...before,
    phase,
    ...(message === '' ? {} : { message }),
    startedAt: before.startedAt ?? formatInstant(now),
    ...(isCompletedPhase(phase) ? { completedAt: formatInstant(now) } : {}),
    runSummary: assessment.runSummary,
    dryRunSummary: assessment.dryRunSummary,
    ...(trimmed.length === 0 ? {} : { metricResults: trimmed }),
  };
}

function trim(result: MetricResult, limit: number): MetricResult {
  const { measurements } = result;
  return measurements === undefined || measurements.length <= limit
    ? result
    : { ...result, measurements: measurements.slice(-limit) };
}
