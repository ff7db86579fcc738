import type { AppError } from '#ports/errors.js';

/** When a failed pass is tried again: at once, after a while, or only when something changes. */
export type Retry = 'at once' | { readonly afterMs: number } | 'on change';

const missingMs = 10_000;
const firstBackoffMs = 1_000;
const longestBackoffMs = 300_000;
/** Conflicts in a row of one key after which it backs off like any other failure. */
const patientConflicts = 5;

/** Failures of one key since its last good pass, by what counts them. */
export interface Failures {
  readonly conflicts: number;
  readonly others: number;
}

export const noFailures: Failures = { conflicts: 0, others: 0 };

/** The class of the error decides (see ports/errors.ts). There is no jitter: equal runs retry at equal moments. */
export function decideRetry(
  error: AppError,
  before: Failures,
): { readonly retry: Retry; readonly failures: Failures } {
  switch (error.class) {
    case 'Conflict': {
      const failures = { ...before, conflicts: before.conflicts + 1 };
      if (failures.conflicts <= patientConflicts) return { retry: 'at once', failures };
      return { retry: { afterMs: backoffMs(failures.conflicts - patientConflicts) }, failures };
    }
    case 'Transient':
    case 'Bug': {
      const failures = { ...before, others: before.others + 1 };
      return { retry: { afterMs: error.retryAfterMs ?? backoffMs(failures.others) }, failures };
    }
    case 'Missing':
      return { retry: { afterMs: missingMs }, failures: before };
    case 'Denied': {
      // No watch tells of a granted right or of room under a quota.
      const failures = { ...before, others: before.others + 1 };
      return { retry: { afterMs: Math.max(missingMs, backoffMs(failures.others)) }, failures };
    }
    case 'InvalidSpec':
    case 'Cancelled':
      return { retry: 'on change', failures: before };
  }
}

function backoffMs(count: number): number {
  return Math.min(firstBackoffMs * 2 ** (count - 1), longestBackoffMs);
}
