import type { AnalysisRunStatus, MetricResult } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import type { Decision } from '#core/decision/decision.js';
import { assessRun, eventType, isTerminatingRun, type Assessment } from './judge/assess-run.js';
import { nextStatus, recordAll } from './run/next-status.js';
import { abandon, isUnderWay, planMeasurements } from './run/plan.js';
import { prepareRun, type PreparedRun } from './spec/prepare.js';
import { isCompletedPhase } from './run-model.js';
import type { AnalysisAction, AnalysisSnapshot, MetricTask } from './snapshot.js';
import { expiryOf } from './run/ttl.js';

export type { AnalysisAction, AnalysisSnapshot } from './snapshot.js';

export type AnalysisDecision = Decision<AnalysisAction, AnalysisRunStatus | undefined>;

/** One pass over a run: counts in what was measured, assesses, and says what to measure and when to look again. */
export function decideAnalysisRun(snapshot: AnalysisSnapshot): AnalysisDecision {
  const { run } = snapshot;
  if (run.metadata.deletionTimestamp !== undefined) return settle(snapshot, 'the run is being deleted');
  if (isCompletedPhase(run.status?.phase)) return decideCompleted(snapshot);
  const prepared = prepareRun(run);
  return prepared.ok ? decideGoing(snapshot, prepared.value) : endInError(snapshot, prepared.message);
}

function settle(snapshot: AnalysisSnapshot, because: string): AnalysisDecision {
  return {
    actions: abandon(snapshot.measuring),
    status: snapshot.run.status,
    events: [],
    waitingFor: [],
    because,
  };
}

function decideCompleted(snapshot: AnalysisSnapshot): AnalysisDecision {
  const { run, now } = snapshot;
  const settled = settle(snapshot, `the run is ${run.status?.phase ?? 'completed'}`);
  const expiry = expiryOf(run);
  if (expiry === undefined) return settled;
  if (now < expiry) return { ...settled, requeueAt: expiry };
  const { uid, resourceVersion } = run.metadata;
  const deletion: AnalysisAction = {
    kind: 'deleteRun',
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  return { ...settled, actions: [...settled.actions, deletion], because: 'its time to live is over' };
}

function endInError(snapshot: AnalysisSnapshot, message: string): AnalysisDecision {
  return {
    actions: abandon(snapshot.measuring),
    status: { ...snapshot.run.status, phase: 'Error', message },
    events: [{ type: 'Warning', reason: 'AnalysisRunError', message: 'Analysis Completed. Result: Error' }],
    waitingFor: [],
    because: message,
  };
}

function decideGoing(snapshot: AnalysisSnapshot, { metrics, rules }: PreparedRun): AnalysisDecision {
  const { run, now } = snapshot;
  const isTerminateAsked = run.spec.terminate === true;
  const recorded = recordAll(run.status?.metricResults ?? [], snapshot.finished, rules);
  const open = isTerminatingRun(isTerminateAsked, recorded) ? findOpen(snapshot, metrics, recorded) : [];
  if (open.length > 0) return holdForSources(snapshot, recorded, open);
  const assessment = assessRun({
    metrics,
    results: recorded,
    dryRun: rules.dryRun,
    isTerminating: isTerminatingRun(isTerminateAsked, recorded),
    isTerminateAsked,
  });
  const status = nextStatus(run, assessment, { now, rules });
  if (isCompletedPhase(status.phase)) return concluded(snapshot, assessment, status);
  const plan = planMeasurements(snapshot, metrics, status);
  return {
    actions: plan.actions,
    status,
    events: assessment.events,
    ...(plan.requeueAt === undefined ? {} : { requeueAt: plan.requeueAt }),
    waitingFor: plan.waitingFor,
    because: plan.because,
  };
}

/** Metrics whose source has a measurement under way that nobody has ended yet. */
function findOpen(
  { run, finished }: AnalysisSnapshot,
  metrics: readonly Metric[],
  results: readonly MetricResult[],
): readonly MetricTask[] {
  const ended = finished.filter(({ isTerminated }) => isTerminated === true).map(({ metric }) => metric);
  return run.spec.metrics.flatMap((metric, i) => {
    const name = metrics[i]?.name ?? metric.name;
    const result = results.find((other) => other.name === name);
    const isOpen = isUnderWay(result) && !isCompletedPhase(result?.phase) && !ended.includes(name);
    return isOpen ? [{ name, metric }] : [];
  });
}

/** A run that is to end first ends what its sources have under way; what becomes of it counts. */
function holdForSources(
  { run, measuring }: AnalysisSnapshot,
  recorded: readonly MetricResult[],
  open: readonly MetricTask[],
): AnalysisDecision {
  const actions = open.flatMap(({ name, metric }): readonly AnalysisAction[] => {
    const measurement = recorded.find((result) => result.name === name)?.measurements?.at(-1);
    if (measurement === undefined || measuring.includes(name)) return [];
    return [{ kind: 'terminateMeasurement', name, metric, measurement }];
  });
  return {
    actions,
    status: { ...(run.status ?? { phase: 'Running' }), metricResults: recorded },
    events: [],
    waitingFor: open.map(({ name }) => ({
      what: `end of the measurement of ${name}`,
      unblockedBy: 'the gate',
    })),
    because: 'the run is ending; measurements under way are ended first',
  };
}

function concluded(
  snapshot: AnalysisSnapshot,
  { phase, events }: Assessment,
  status: AnalysisRunStatus,
): AnalysisDecision {
  return {
    actions: abandon(snapshot.measuring),
    status,
    events: [
      ...events,
      {
        type: eventType(phase),
        reason: `AnalysisRun${phase}`,
        message: `Analysis Completed. Result: ${phase}`,
      },
    ],
    waitingFor: [],
    because: status.message ?? `every metric is done: ${phase}`,
  };
}
