import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import { effectiveCount } from '#core/analysis/spec/count.js';
import { prepareRun } from '#core/analysis/spec/prepare.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { feedOf } from './feed.js';
import type { DataProblem, SeriesTable } from './series.js';
import { playTrial, type Trial } from './trial.js';

/** How a simulation came to its end. */
export type SimulationEnd =
  /** The run has a verdict. */
  | 'completed'
  /** The run has no end of its own, and the data is used up. */
  | 'data used up'
  | 'time is over'
  /** Not all measurements that a run could ever take are taken. */
  | 'too long';

export interface Simulation {
  readonly trial: Trial;
  readonly end: SimulationEnd;
}

export interface SimulationOptions {
  readonly startedAt: Instant;
  /** The run is stopped after this time, as by a Rollout that is done. */
  readonly stopAfterMs?: number;
}

const mostMeasurements = 20_000;

/** Plays a run against given answers. The run must have passed {@link findSeriesProblems}. */
export function simulate(run: AnalysisRun, table: SeriesTable, options: SimulationOptions): Simulation {
  const { startedAt, stopAfterMs } = options;
  const feed = feedOf(table, startedAt);
  const stopAt = stopAfterMs === undefined ? undefined : addMs(startedAt, stopAfterMs);
  const play = playTrial(run, startedAt, stopAt === undefined ? {} : { stopAt });
  const isEndless = stopAt === undefined && hasEndlessMetric(run);
  let turn = play.next([]);
  while (turn.done !== true) {
    const { asks, soFar } = turn.value;
    if (isEndless && feed.isUsedUp()) return { trial: soFar, end: 'data used up' };
    if (soFar.story.length > mostMeasurements) return { trial: soFar, end: 'too long' };
    turn = play.next(asks.map((ask) => feed.answer(ask)));
  }
  const trial = turn.value;
  return { trial, end: isCompletedPhase(trial.run.status?.phase) ? 'completed' : 'time is over' };
}

/** What keeps data and run from fitting together: metrics without data, and data without a metric. */
export function findSeriesProblems(run: AnalysisRun, table: SeriesTable): readonly DataProblem[] {
  const prepared = prepareRun(run);
  // A run that is refused measures nothing: its verdict says why.
  if (!prepared.ok) return [];
  const names = prepared.value.metrics.map(({ name }) => name);
  const unknown = [...table.keys()].filter((name) => !names.includes(name));
  const missing = names.filter((name) => !table.has(name));
  return [
    ...unknown.map((name) => ({
      path: name,
      message: `is no metric of the gate; it has ${names.map((known) => `"${known}"`).join(', ')}`,
    })),
    ...missing.map((name) => ({ path: '', message: `has no values for the metric "${name}"` })),
  ];
}

function hasEndlessMetric(run: AnalysisRun): boolean {
  const prepared = prepareRun(run);
  return prepared.ok && prepared.value.metrics.some((metric) => effectiveCount(metric) === undefined);
}
