import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { addMs, parseInstant, type Instant } from '#core/time/instant.js';

/** When a completed run is to be removed; `undefined`: never. Only successes and failures have a limit of their own. */
export function expiryOf({ spec, status }: AnalysisRun): Instant | undefined {
  const { ttlStrategy } = spec;
  const completedAt = parseInstant(status?.completedAt);
  if (ttlStrategy === undefined || completedAt === undefined) return undefined;
  const own =
    status?.phase === 'Successful'
      ? ttlStrategy.secondsAfterSuccess
      : status?.phase === 'Failed'
        ? ttlStrategy.secondsAfterFailure
        : undefined;
  const seconds = own ?? ttlStrategy.secondsAfterCompletion;
  // The peer compares whole seconds with "more than", which is one second later.
  return seconds === undefined ? undefined : addMs(completedAt, (seconds + 1) * 1000);
}
