import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { AnalysisSnapshot } from '#core/analysis/decide.js';
import type { Instant } from '#core/time/instant.js';
import type { BoardView } from '#runtime/controller/work-board.js';
import type { MeasurementReport } from './measure.js';

/** Everything that a decision about a run needs. */
export function observeAnalysisRun(
  run: AnalysisRun,
  board: BoardView<MeasurementReport>,
  now: Instant,
): AnalysisSnapshot {
  const unresolved = board.reports.find((report) => report.kind === 'unresolved')?.message;
  return {
    now,
    run,
    measuring: board.underWay,
    finished: board.reports.flatMap((report) => (report.kind === 'finished' ? [report.finished] : [])),
    ...(unresolved === undefined ? {} : { unresolved }),
  };
}
