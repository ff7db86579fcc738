import type {
  AnalysisRun,
  AnalysisRunStatus,
  Measurement,
  MetricResult,
} from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import { decideAnalysisRun, type AnalysisAction } from '#core/analysis/decide.js';
import { judgeMeasurement, type SourceOutcome } from '#core/analysis/judge/judge.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import type { Pace } from '#core/analysis/run/pace.js';
import type { FinishedMeasurement } from '#core/analysis/run/record.js';
import { prepareRun } from '#core/analysis/spec/prepare.js';
import { addMs, earliest, formatInstant, type Instant } from '#core/time/instant.js';
import { explainEnd } from './explain-end.js';

/** What a run asks its source at one moment. */
export interface TrialAsk {
  readonly mode: 'start' | 'resume' | 'terminate';
  readonly name: string;
  /** Arguments put in, but fixed texts for secrets. */
  readonly metric: Metric;
  /** With its placeholders. */
  readonly unresolved: Metric;
  readonly at: Instant;
  /** As it stands; its status holds what was measured so far. */
  readonly run: AnalysisRun;
  readonly earlier?: Measurement;
  /** When a measurement that begins was due. */
  readonly dueAt?: Instant;
}

/** What a source answers, or a measurement that was judged by whoever asked it. */
export type TrialAnswer = SourceAnswer | { readonly finished: FinishedMeasurement };

export interface SourceAnswer {
  readonly outcome: SourceOutcome;
  /** How long the source took; none when absent. */
  readonly tookMs?: number;
  /** Worth saying beside the measurement. */
  readonly note?: string;
}

/** One measurement, or one look at a measurement that goes on, in the order in which they ended. */
export interface TrialRecord {
  readonly kind: 'measured';
  readonly at: Instant;
  readonly metric: string;
  readonly measurement: Measurement;
  /** The counters of its metric with this measurement in them. */
  readonly result: MetricResult;
  readonly note?: string;
}

/** A metric came to its end. */
export interface MetricEnd {
  readonly kind: 'ended';
  readonly at: Instant;
  readonly metric: string;
  readonly phase: string;
  readonly isDryRun: boolean;
  /** Which limit or count ended it. */
  readonly because: string;
}

/** How far a run has come in virtual time. */
export interface Trial {
  readonly startedAt: Instant;
  readonly now: Instant;
  readonly run: AnalysisRun;
  readonly story: readonly (TrialRecord | MetricEnd)[];
}

/** A run that waits for the answers to `asks`, which are given to the next call of the generator in their order. */
export interface TrialTurn {
  readonly asks: readonly TrialAsk[];
  readonly soFar: Trial;
}

export interface TrialOptions {
  /** The run is asked to stop then, as a Rollout does that needs it no more. */
  readonly stopAt?: Instant;
}

/** A measurement that ended, or a look at one that goes on. */
export interface TrialInput {
  readonly at: Instant;
  readonly finished: FinishedMeasurement;
  readonly note?: string | undefined;
}

/**
 * Plays a run from `startedAt` by the same decisions that the controller takes, with time of its own: whoever drives it
 * answers what it asks. Ends with the run, or earlier when nothing would ever happen any more.
 */
export function* playTrial(
  given: AnalysisRun,
  startedAt: Instant,
  { stopAt }: TrialOptions = {},
): Generator<TrialTurn, Trial, readonly TrialAnswer[]> {
  let trial: Trial = { startedAt, now: startedAt, run: given, story: [] };
  let pending: readonly TrialInput[] = [];
  const paces = new Map<string, Pace>();
  for (;;) {
    const due = pending.filter(({ at }) => at <= trial.now);
    pending = pending.filter(({ at }) => at > trial.now);
    const measuring = pending.map(({ finished }) => finished.metric);
    const finished = due.map((one) => one.finished);
    const decision = decideAnalysisRun({ now: trial.now, run: trial.run, measuring, finished, paces });
    trial = tellPass(trial, decision.status, due);
    for (const { metric, pace } of finished) if (pace !== undefined) paces.set(metric, pace);
    if (isCompletedPhase(trial.run.status?.phase)) return trial;
    const abandoned = decision.actions.flatMap((a) => (a.kind === 'abandonMeasurements' ? a.metrics : []));
    pending = pending.filter((one) => !abandoned.includes(one.finished.metric));
    const asks = decision.actions.flatMap((action) => askOf(action, trial));
    if (asks.length > 0) {
      const answers = yield { asks, soFar: trial };
      pending = [...pending, ...asks.flatMap((ask, i) => pendingOf(ask, answers[i]))];
    }
    const next = nextMoment(decision.requeueAt, pending, trial, stopAt);
    if (next === undefined) return trial;
    trial = { ...trial, now: next };
    if (stopAt !== undefined && next >= stopAt) trial = { ...trial, run: stopped(trial.run) };
  }
}

function nextMoment(
  requeueAt: Instant | undefined,
  pending: readonly TrialInput[],
  { now, run }: Trial,
  stopAt: Instant | undefined,
): Instant | undefined {
  const stop = run.spec.terminate === true ? undefined : stopAt;
  const next = [requeueAt, stop, ...pending.map(({ at }) => at)].reduce(earliest, undefined);
  return next !== undefined && next < now ? now : next;
}

function stopped(run: AnalysisRun): AnalysisRun {
  return { ...run, spec: { ...run.spec, terminate: true } };
}

function askOf(action: AnalysisAction, { now, run }: Trial): readonly TrialAsk[] {
  if (action.kind === 'abandonMeasurements' || action.kind === 'deleteRun') return [];
  const prepared = prepareRun(run);
  const metric = prepared.ok ? prepared.value.metrics.find(({ name }) => name === action.name) : undefined;
  if (metric === undefined) return [];
  const base = { name: action.name, metric, unresolved: action.metric, at: now, run };
  switch (action.kind) {
    case 'measure':
      return [{ mode: 'start', ...base, dueAt: action.dueAt }];
    case 'resumeMeasurement':
      return [{ mode: 'resume', ...base, earlier: action.measurement }];
    case 'terminateMeasurement':
      return [{ mode: 'terminate', ...base, earlier: action.measurement }];
  }
}

function pendingOf(ask: TrialAsk, answer: TrialAnswer | undefined): readonly TrialInput[] {
  if (answer === undefined) return [];
  if ('finished' in answer) return [{ at: ask.at, finished: answer.finished }];
  const at = addMs(ask.at, answer.tookMs ?? 0);
  const judged = judgeMeasurement(ask.metric, answer.outcome, { startedAt: ask.at, finishedAt: at });
  const begun = ask.earlier?.startedAt ?? judged.startedAt ?? formatInstant(ask.at);
  const measurement: Measurement = { ...judged, startedAt: begun };
  const isTerminated = ask.mode === 'terminate';
  const { resultMetadata } = answer.outcome;
  const finished: FinishedMeasurement = {
    metric: ask.name,
    pace: { dueAt: ask.dueAt ?? ask.at, startedAt: ask.at, finishedAt: at },
    measurement: isTerminated ? withTerminated(measurement) : measurement,
    ...(resultMetadata === undefined ? {} : { resultMetadata }),
    ...(isTerminated ? { isTerminated } : {}),
  };
  return [{ at, finished, note: answer.note }];
}

/** As the controller says of a measurement that was ended and has nothing worse to tell. */
function withTerminated(measurement: Measurement): Measurement {
  const isCalm = measurement.phase === 'Successful' || measurement.phase === 'Inconclusive';
  return isCalm ? { ...measurement, message: 'Metric Terminated' } : measurement;
}

/** The trial with this status, and told what came in and which metrics ended by it. */
export function tellPass(
  trial: Trial,
  status: AnalysisRunStatus | undefined,
  due: readonly TrialInput[],
): Trial {
  if (status === undefined) return trial;
  const run = { ...trial.run, status };
  const before = trial.run.status?.metricResults ?? [];
  const results = status.metricResults ?? [];
  const measured = due.flatMap(({ at, finished, note }): readonly TrialRecord[] => {
    const result = results.find(({ name }) => name === finished.metric);
    if (result === undefined) return [];
    const { metric, measurement } = finished;
    return [{ kind: 'measured', at, metric, measurement, result, ...(note === undefined ? {} : { note }) }];
  });
  const ended = results.flatMap((result): readonly MetricEnd[] => {
    const earlier = before.find(({ name }) => name === result.name);
    if (!isCompletedPhase(result.phase) || isCompletedPhase(earlier?.phase)) return [];
    const because = explainEnd(run, result);
    const isDryRun = result.dryRun === true;
    return [{ kind: 'ended', at: trial.now, metric: result.name, phase: result.phase, isDryRun, because }];
  });
  return { ...trial, run, story: [...trial.story, ...measured, ...ended] };
}
