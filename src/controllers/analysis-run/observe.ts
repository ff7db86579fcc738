import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { AnalysisSnapshot } from '#core/analysis/decide.js';
import type { FinishedMeasurement } from '#core/analysis/run/record.js';
import type { Instant } from '#core/time/instant.js';
import type { BoardView } from '#runtime/controller/work-board.js';
import type { RunMemory } from './memory.js';

/** Everything that a decision about a run needs. */
export function observeAnalysisRun(
  run: AnalysisRun,
  board: BoardView<FinishedMeasurement>,
  memory: Pick<RunMemory, 'paces' | 'startedAt'>,
  now: Instant,
): AnalysisSnapshot {
  const { paces, startedAt } = memory;
  return { now, run, measuring: board.underWay, finished: board.reports, paces, startedAt };
}
