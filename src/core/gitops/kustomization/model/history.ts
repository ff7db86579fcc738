import type { HistoryEntry } from '#api/flux/kustomization.js';
import { formatGoDuration } from '#core/time/duration.js';
import { formatInstant, type Instant } from '#core/time/instant.js';

const maxEntries = 5;

/** One finished run for the history. */
export interface FinishedRun {
  readonly digest: string;
  /** The reason of the Ready condition. */
  readonly status: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The history with this run: newest first; the same digest with the same status counts up its entry. */
export function withRun(history: readonly HistoryEntry[], run: FinishedRun): readonly HistoryEntry[] {
  const same = history.find((e) => e.digest === run.digest && e.lastReconciledStatus === run.status);
  const at = formatInstant(run.finishedAt);
  const entry: HistoryEntry = {
    digest: run.digest,
    firstReconciled: same?.firstReconciled ?? at,
    lastReconciled: at,
    lastReconciledDuration: formatGoDuration(run.finishedAt - run.startedAt),
    lastReconciledStatus: run.status,
    totalReconciliations: (same?.totalReconciliations ?? 0) + 1,
    metadata: run.metadata,
  };
  return [entry, ...history.filter((e) => e !== same)].slice(0, maxEntries);
}
