import type { AnalysisRunStatus, Measurement, MetricResult } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import type { Wait } from '#core/decision/decision.js';
import { earliest, formatInstant, parseInstant, type Instant } from '#core/time/instant.js';
import { isTerminatingRun } from '../judge/assess-run.js';
import { findDue, type Due } from './due.js';
import type { Pace } from './pace.js';
import type { AnalysisAction, AnalysisSnapshot, MetricTask } from '../snapshot.js';

/** What to measure now and when to look again. */
export interface Plan {
  readonly actions: readonly AnalysisAction[];
  readonly requeueAt: Instant | undefined;
  readonly waitingFor: readonly Wait[];
  readonly because: string;
}

/** The measurements that are due under this status, the next one of this pass. */
export function planMeasurements(
  snapshot: AnalysisSnapshot,
  metrics: readonly Metric[],
  status: AnalysisRunStatus,
): Plan {
  const { run, now, measuring } = snapshot;
  const results = status.metricResults ?? [];
  const isTerminating = isTerminatingRun(run.spec.terminate === true, results);
  const actions: AnalysisAction[] = [];
  const waitingFor: Wait[] = [];
  const paces = pacesOf(snapshot);
  const startedAt = startOf(snapshot, status);
  let requeueAt: Instant | undefined = isTerminating ? now : undefined;
  for (const [i, metric] of metrics.entries()) {
    const unresolved = run.spec.metrics[i];
    if (unresolved === undefined || measuring.includes(metric.name)) continue;
    const result = results.find(({ name }) => name === metric.name);
    const pace = paces.get(metric.name);
    const due = findDue({ metric, result, startedAt, isTerminating, now, pace });
    const task = { name: metric.name, metric: unresolved };
    const action = actionFor(due, task, result?.measurements?.at(-1), now);
    if (action !== undefined) actions.push(action);
    else if (due.kind === 'start' || due.kind === 'resume') {
      requeueAt = earliest(requeueAt, due.at);
      waitingFor.push({ what: `next measurement of ${metric.name}`, until: due.at, unblockedBy: 'time' });
    }
  }
  for (const name of measuring) waitingFor.push({ what: `measurement of ${name}`, unblockedBy: 'the gate' });
  const unheld = measuring.filter((name) => !isUnderWay(results.find((result) => result.name === name)));
  const abandoned = isTerminating ? abandon(unheld) : [];
  return {
    actions: [...abandoned, ...actions],
    requeueAt,
    waitingFor,
    because: isTerminating ? 'the run is ending' : explainPlan(actions, measuring),
  };
}

/** A status keeps whole seconds; who began the run knows it better. */
function startOf({ run, now, startedAt }: AnalysisSnapshot, status: AnalysisRunStatus): Instant | undefined {
  const exact = run.status?.startedAt === undefined ? now : startedAt;
  return exact !== undefined && formatInstant(exact) === status.startedAt
    ? exact
    : parseInstant(status.startedAt);
}

/** The pace of each metric by its latest measurement, stored or not. */
function pacesOf({ paces, finished }: AnalysisSnapshot): ReadonlyMap<string, Pace> {
  const latest = new Map(paces);
  for (const { metric, pace } of finished) if (pace !== undefined) latest.set(metric, pace);
  return latest;
}

function actionFor(
  due: Due,
  task: MetricTask,
  last: Measurement | undefined,
  now: Instant,
): AnalysisAction | undefined {
  switch (due.kind) {
    case 'start':
      return due.at <= now ? { kind: 'measure', dueAt: due.dueAt, ...task } : undefined;
    case 'resume':
      return due.at <= now && last !== undefined
        ? { kind: 'resumeMeasurement', ...task, measurement: last }
        : undefined;
    case 'terminate':
      return last === undefined ? undefined : { kind: 'terminateMeasurement', ...task, measurement: last };
    case 'nothing':
      return undefined;
  }
}

function explainPlan(actions: readonly AnalysisAction[], measuring: readonly string[]): string {
  if (actions.length > 0) return `${actions.length} metric(s) due`;
  return measuring.length > 0 ? 'measurements are under way' : 'no metric is due';
}

/** Nothing when there is nothing to forget. */
export function abandon(metrics: readonly string[]): readonly AnalysisAction[] {
  return metrics.length === 0 ? [] : [{ kind: 'abandonMeasurements', metrics }];
}

/** Whether the source of a metric has a measurement of it under way. */
export function isUnderWay(result: MetricResult | undefined): boolean {
  const last = result?.measurements?.at(-1);
  return last !== undefined && last.finishedAt === undefined;
}
