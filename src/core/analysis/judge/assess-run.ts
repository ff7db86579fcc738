import type { AnalysisPhase, MetricResult, RunSummary } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import type { EventRecord } from '#core/decision/decision.js';
import { assessMetric, findExceededLimit } from './assess-metric.js';
import { isCompletedPhase } from '../run-model.js';

export interface AssessInput {
  /** In the order of the spec, arguments put in. */
  readonly metrics: readonly Metric[];
  readonly results: readonly MetricResult[];
  readonly dryRun: ReadonlySet<string>;
  /** Judged before this assessment. */
  readonly isTerminating: boolean;
  /** A person or the Rollout asked the run to stop. */
  readonly isTerminateAsked: boolean;
}

export interface Assessment {
  readonly phase: AnalysisPhase;
  /** `''` when there is nothing to say. */
  readonly message: string;
  readonly results: readonly MetricResult[];
  readonly runSummary: RunSummary;
  readonly dryRunSummary: RunSummary;
  /** One for each metric that completed in this assessment, in the order of the spec. */
  readonly events: readonly EventRecord[];
}

/** From good to bad. */
const badness: readonly AnalysisPhase[] = [
  'Successful',
  'Running',
  'Pending',
  'Inconclusive',
  'Error',
  'Failed',
];

/** Assesses every metric that has a result, and the run by the worst of those that count. */
export function assessRun(input: AssessInput): Assessment {
  const assessed = new Map(
    input.results.map((result) => {
      const metric = input.metrics.find(({ name }) => name === result.name);
      return [result.name, metric === undefined ? result : assessResult(metric, result, input)] as const;
    }),
  );
  const results = [...assessed.values()];
  const completed = input.metrics.flatMap((metric) => {
    const result = assessed.get(metric.name);
    return result !== undefined && isCompletedPhase(result.phase) ? [{ metric, result }] : [];
  });
  const summarise = (isDryRun: boolean): RunSummary =>
    summaryOf(
      input.metrics.filter(({ name }) => input.dryRun.has(name) === isDryRun).length,
      completed.filter(({ metric }) => input.dryRun.has(metric.name) === isDryRun),
    );
  return {
    ...concludeRun(input, completed),
    results,
    runSummary: summarise(false),
    dryRunSummary: summarise(true),
    events: input.metrics.flatMap(({ name }) =>
      completionEvent(
        input.results.find((result) => result.name === name),
        assessed.get(name),
      ),
    ),
  };
}

function assessResult(metric: Metric, before: MetricResult, input: AssessInput): MetricResult {
  const phase = assessMetric(metric, before, input.isTerminating);
  const isDryRun = input.dryRun.has(metric.name);
  const { message: _, ...rest } = before;
  const message = before.phase === phase ? before.message : before.measurements?.at(-1)?.message;
  const reason = isCompletedPhase(phase) ? findExceededLimit(metric, before)?.reason : undefined;
  const said = isDryRun && reason !== undefined ? `Metric assessed ${phase} due to ${reason}` : message;
  return { ...rest, phase, ...(said === undefined ? {} : { message: said }) };
}

interface Completed {
  readonly metric: Metric;
  readonly result: MetricResult;
}

function concludeRun(
  input: AssessInput,
  completed: readonly Completed[],
): { phase: AnalysisPhase; message: string } {
  if (!input.isTerminating && completed.length < input.metrics.length) {
    return { phase: 'Running', message: '' };
  }
  let worst: AnalysisPhase | undefined;
  let message = input.isTerminateAsked ? 'Run Terminated' : '';
  for (const { metric, result } of completed) {
    if (input.dryRun.has(metric.name)) continue;
    if (worst !== undefined && badness.indexOf(result.phase) <= badness.indexOf(worst)) continue;
    worst = result.phase;
    const reason = findExceededLimit(metric, result)?.reason;
    if (reason !== undefined) message = explain(result, reason);
  }
  return { phase: worst ?? 'Successful', message };
}

function explain(result: MetricResult, reason: string): string {
  const detail =
    result.message === undefined || result.message === '' ? '' : `: "Error Message: ${result.message}"`;
  return `Metric "${result.name}" assessed ${result.phase} due to ${reason}${detail}`;
}

/** Counters that are 0 are left out; what ended without being over a limit counts as successful. */
function summaryOf(count: number, completed: readonly Completed[]): RunSummary {
  const phases = completed.map(
    ({ metric, result }) => findExceededLimit(metric, result)?.phase ?? 'Successful',
  );
  const of = (phase: string): number => phases.filter((other) => other === phase).length;
  const counters = {
    count,
    successful: of('Successful'),
    failed: of('Failed'),
    inconclusive: of('Inconclusive'),
    error: of('Error'),
  };
  return Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0));
}

function completionEvent(
  before: MetricResult | undefined,
  after: MetricResult | undefined,
): readonly EventRecord[] {
  if (after === undefined || before?.phase === after.phase || !isCompletedPhase(after.phase)) return [];
  return [
    {
      type: eventType(after.phase),
      reason: `Metric${after.phase}`,
      message: `Metric '${after.name}' Completed. Result: ${after.phase}`,
    },
  ];
}

/** Errors and failures are warnings. */
export function eventType(phase: AnalysisPhase): 'Normal' | 'Warning' {
  return phase === 'Error' || phase === 'Failed' ? 'Warning' : 'Normal';
}

/** Whether a run is to end: asked for, or a metric that counts is Failed, Error or Inconclusive. */
export function isTerminatingRun(isAsked: boolean, results: readonly MetricResult[]): boolean {
  return (
    isAsked ||
    results.some(
      (result) => result.dryRun !== true && isCompletedPhase(result.phase) && result.phase !== 'Successful',
    )
  );
}
