import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { decideAnalysisRun, type AnalysisAction } from '#core/analysis/decide.js';
import { judgeMeasurement, type SourceOutcome } from '#core/analysis/judge/judge.js';
import { gatherSiblings } from '#core/analysis/run/gather.js';
import type { Pace } from '#core/analysis/run/pace.js';
import type { FinishedMeasurement } from '#core/analysis/run/record.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import { prepareRun } from '#core/analysis/spec/prepare.js';
import { addMs, earliest, instantOf, type Instant } from '#core/time/instant.js';

/** A whole run of a golden case. Times are seconds from the start of the run. */
export interface GivenRun {
  readonly spec: any;
  /** Answers of each metric, the last one repeated: a number, a list or null, a text for an error, or `{ running: s }`, `{ phase, … }`. */
  readonly script: Readonly<Record<string, readonly any[]>>;
  /** What a source answers that is asked to end a measurement; `Inconclusive` when absent. */
  readonly onTerminate?: Readonly<Record<string, any>>;
  /** Seconds that a measurement of a metric takes; 0 when absent. */
  readonly takes?: Readonly<Record<string, number>>;
  readonly terminateAt?: number;
  /** The process is killed then: what it measures is lost. */
  readonly killAt?: number | readonly number[];
  /** The run is left alone from then on. */
  readonly until?: number;
}

export interface PlayedRun {
  readonly run: AnalysisRun;
  /** When each metric was measured or looked after. */
  readonly asked: Readonly<Record<string, readonly number[]>>;
  /** `Type Reason: message`, in order. */
  readonly events: readonly string[];
}

const epoch = instantOf(Date.UTC(2026, 0, 1));

interface Pending {
  readonly at: Instant;
  readonly finished: FinishedMeasurement;
}

interface Stage {
  run: AnalysisRun;
  now: Instant;
  pending: readonly Pending[];
  /** Those that have ended and wait for others that began with them. */
  held: readonly Pending[];
  readonly asked: Record<string, number[]>;
  readonly events: string[];
  readonly paces: Map<string, Pace>;
  readonly begun: Map<string, Instant>;
}

/** Plays a run by the clock until it is completed. Every decision must be a fixed point once it is carried out. */
export function playRun(given: GivenRun, run: AnalysisRun): PlayedRun {
  const stage: Stage = { run, now: epoch, pending: [], held: [], asked: {}, events: [], paces: new Map(), begun: new Map() };
  const kills = [given.killAt ?? []].flat();
  const stops = new Set([...kills, ...[given.terminateAt, given.until].flatMap((s) => (s === undefined ? [] : [s]))]);
  for (let passes = 0; passes < 1000; passes += 1) {
    const next = passOver(stage, given);
    if (isCompletedPhase(stage.run.status?.phase) && stage.pending.length === 0) return stage;
    const open = stage.pending.filter((one) => !stage.held.includes(one));
    if (open.some(({ at }) => at <= stage.now)) continue;
    const times = [next, ...open.map(({ at }) => at), ...[...stops].map((s) => addMs(epoch, s * 1000))];
    const soonest = Math.min(...times.flatMap((at) => at ?? []));
    if (soonest === Infinity) throw new Error('the run hangs');
    stage.now = instantOf(Math.max(soonest, stage.now));
    const second = (stage.now - epoch) / 1000;
    if (!stops.delete(second)) continue;
    if (second === given.until) return stage;
    if (kills.includes(second)) forget(stage);
    if (second === given.terminateAt) stage.run = { ...stage.run, spec: { ...stage.run.spec, terminate: true } };
  }
  throw new Error('the run does not end');
}

/** What a process knows is lost with it. */
function forget(stage: Stage): void {
  stage.pending = [];
  stage.paces.clear();
  stage.begun.clear();
}

function passOver(stage: Stage, given: GivenRun): Instant | undefined {
  const { now, paces } = stage;
  const ended = stage.pending.filter(({ at }) => at <= now);
  const measuring = () => stage.pending.filter((one) => !ended.includes(one)).map(({ finished }) => finished.metric);
  const finished = ended.map((pending) => pending.finished);
  const looked = { now, run: stage.run, measuring: measuring(), finished, paces };
  const { snapshot, until } = gatherSiblings(looked, stage.begun);
  stage.pending = stage.pending.filter((one) => !snapshot.finished.includes(one.finished));
  stage.held = ended.filter((one) => stage.pending.includes(one));
  const decision = decideAnalysisRun(snapshot);
  for (const { metric, pace } of snapshot.finished) if (pace !== undefined) paces.set(metric, pace);
  if (decision.status !== undefined) stage.run = { ...stage.run, status: decision.status };
  stage.events.push(...decision.events.map(({ type, reason, message }) => `${type} ${reason}: ${message}`));
  for (const action of decision.actions) carryOut(stage, given, action);
  const left = stage.pending.map((pending) => pending.finished.metric);
  const again = decideAnalysisRun({ now, run: stage.run, measuring: left, finished: [], paces });
  if (again.actions.length > 0) throw new Error(`not a fixed point: ${JSON.stringify(again.actions)}`);
  return until === undefined ? decision.requeueAt : earliest(until, decision.requeueAt);
}

function carryOut(stage: Stage, given: GivenRun, action: AnalysisAction): void {
  if (action.kind === 'abandonMeasurements') {
    stage.pending = stage.pending.filter(({ finished }) => !action.metrics.includes(finished.metric));
    return;
  }
  if (action.kind === 'deleteRun') return;
  const { now } = stage;
  const { name, kind } = action;
  const takesMs = kind === 'measure' ? (given.takes?.[name] ?? 0) * 1000 : 0;
  const at = addMs(now, takesMs);
  const prepared = prepareRun(stage.run);
  const metric = prepared.ok ? prepared.value.metrics.find((other) => other.name === name) : undefined;
  if (metric === undefined) throw new Error(`no metric ${name}`);
  const isTerminated = kind === 'terminateMeasurement';
  const outcome = outcomeOf(isTerminated ? (given.onTerminate?.[name] ?? { phase: 'Inconclusive' }) : ask(), now);
  const measurement = judgeMeasurement(metric, outcome, { startedAt: now, finishedAt: at });
  const pace =
    kind === 'measure'
      ? { dueAt: action.dueAt, startedAt: now, finishedAt: at }
      : { dueAt: at, startedAt: at, finishedAt: at };
  stage.begun.set(name, now);
  stage.pending = [
    ...stage.pending,
    { at, finished: { metric: name, measurement, pace, ...(isTerminated ? { isTerminated } : {}) } },
  ];

  function ask(): any {
    const times = (stage.asked[name] ??= []);
    const script = given.script[name] ?? [];
    const answer = script[Math.min(times.length, script.length - 1)];
    times.push((now - epoch) / 1000);
    return answer;
  }
}

function outcomeOf(answer: any, now: Instant): SourceOutcome {
  if (typeof answer === 'string') return { kind: 'error', message: answer };
  if (typeof answer === 'number') return { kind: 'value', result: answer, value: String(answer) };
  if (answer === null || Array.isArray(answer)) return { kind: 'value', result: answer, value: JSON.stringify(answer) };
  if (typeof answer?.running === 'number') return { kind: 'running', resumeAt: addMs(now, answer.running * 1000) };
  if (answer?.running === null) return { kind: 'running' };
  return { kind: 'judged', ...answer };
}
