import { measure } from '#controllers/analysis-run/measure.js';
import { decideAnalysisRun, type AnalysisAction } from '#core/analysis/decide.js';
import type { FinishedMeasurement } from '#core/analysis/run/record.js';
import type { Pace } from '#core/analysis/run/pace.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import type { Gate } from '#core/gate-trial/gate.js';
import { reportTrial } from '#core/gate-trial/report.js';
import { tellPass, type Trial } from '#core/gate-trial/trial.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { hasColours } from '../../print/colour.js';
import type { Io } from '../../io.js';
import { exitCodeOf } from './exit-code.js';
import type { LiveGate } from './live.js';
import { printEntry, printVerdict } from './print-report.js';

/** A run that is measured in real time by this process, and stored nowhere. */
interface Watched {
  trial: Trial;
  finished: FinishedMeasurement[];
  readonly paces: Map<string, Pace>;
  readonly underWay: Map<string, AbortController>;
  wake: () => void;
}

/** Goes through a whole run as the controller would, telling each measurement. Interrupted, it stops the run in order. */
export async function watchRun(io: Io, gate: Gate, live: LiveGate, isJson: boolean): Promise<number> {
  const startedAt = io.clock.now();
  const watched: Watched = {
    trial: { startedAt, now: startedAt, run: live.run, story: [] },
    finished: [],
    paces: new Map(),
    underWay: new Map(),
    wake: () => undefined,
  };
  if (!isJson) io.out.write(`${gate.subject}\n`);
  for (let told = 0; ;) {
    const requeueAt = pass(watched, live, io);
    const report = reportTrial(watched.trial);
    if (!isJson)
      for (const entry of report.timeline.slice(told)) io.out.write(printEntry(entry, hasColours(io)));
    told = report.timeline.length;
    if (isCompletedPhase(watched.trial.run.status?.phase)) {
      io.out.write(
        isJson
          ? `${JSON.stringify({ gate: gate.subject, ...report }, undefined, 2)}\n`
          : printVerdict(report, hasColours(io)),
      );
      return exitCodeOf(report.verdict);
    }
    await somethingNew(watched, io, requeueAt);
  }
}

/** One decision, carried out. @returns when to look again. */
function pass(watched: Watched, live: LiveGate, io: Io): Instant | undefined {
  const now = io.clock.now();
  const finished = watched.finished.splice(0);
  const { run } = watched.trial;
  const spec = io.interrupted.aborted ? { ...run.spec, terminate: true } : run.spec;
  const measuring = [...watched.underWay.keys()];
  const { paces } = watched;
  const decision = decideAnalysisRun({ now, run: { ...run, spec }, measuring, finished, paces });
  for (const { metric, pace } of finished) if (pace !== undefined) paces.set(metric, pace);
  const inputs = finished.map((one) => ({ at: one.pace?.finishedAt ?? now, finished: one }));
  watched.trial = tellPass({ ...watched.trial, now, run: { ...run, spec } }, decision.status, inputs);
  for (const action of decision.actions) carryOut(watched, live, action);
  return decision.requeueAt;
}

function carryOut(watched: Watched, { deps }: LiveGate, action: AnalysisAction): void {
  if (action.kind === 'deleteRun') return;
  if (action.kind === 'abandonMeasurements') {
    for (const metric of action.metrics) watched.underWay.get(metric)?.abort();
    for (const metric of action.metrics) watched.underWay.delete(metric);
    return;
  }
  const { name, metric } = action;
  const stop = new AbortController();
  watched.underWay.set(name, stop);
  const task = { run: watched.trial.run, name, metric };
  const order =
    action.kind === 'measure'
      ? { ...task, mode: 'start' as const, dueAt: action.dueAt }
      : {
          ...task,
          mode: action.kind === 'resumeMeasurement' ? ('resume' as const) : ('terminate' as const),
          earlier: action.measurement,
        };
  void measure(deps, order, stop.signal).then((finished) => {
    if (watched.underWay.get(name) !== stop) return;
    watched.underWay.delete(name);
    watched.finished.push(finished);
    watched.wake();
  });
}

async function somethingNew(watched: Watched, io: Io, requeueAt: Instant | undefined): Promise<void> {
  if (watched.finished.length > 0) return;
  await new Promise<void>((resolve) => {
    watched.wake = resolve;
    const cancel = requeueAt === undefined ? undefined : io.clock.schedule(requeueAt, resolve);
    const isAsked = watched.trial.run.spec.terminate === true;
    if (io.interrupted.aborted && isAsked) io.clock.schedule(addMs(io.clock.now(), 50), resolve);
    else if (io.interrupted.aborted) resolve();
    else io.interrupted.addEventListener('abort', () => (cancel?.(), resolve()), { once: true });
  });
}
