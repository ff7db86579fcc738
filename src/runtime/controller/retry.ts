import type { AppError } from '#ports/errors.js';

/** When a failed pass is tried again: at once, after a while, or only when something changes. */
export type Retry = 'at once' | 'on change' | { readonly afterMs: number };

/** Failures of one key since its last good pass, by what counts them. */
export interface Failures {
  readonly conflicts: number;
  readonly others: number;
}

export const noFailures: Failures = { conflicts: 0, others: 0 };

/** A missing object is looked for again at this pace when no watch tells of it. */
const missingMs = 10_000;
const firstBackoffMs = 250;
const longestBackoffMs = 300_000;
/** Conflicts in a row after which a key backs off like any other failure. */
const patientConflicts = 5;

/** The class of the error decides (see ports/errors.ts). `random` is between 0 and 1, for jitter. */
export function decideRetry(
  error: AppError,
  before: Failures,
  random: number,
): { readonly retry: Retry; readonly failures: Failures } {
  switch (error.class) {
    case 'Conflict': {
      const failures = { ...before, conflicts: before.conflicts + 1 };
      if (failures.conflicts <= patientConflicts) return { retry: 'at once', failures };
      return { retry: { afterMs: backoffMs(failures.conflicts - patientConflicts, random) }, failures };
    }
    case 'Transient':
    case 'Bug': {
      const failures = { ...before, others: before.others + 1 };
      const afterMs = Math.max(error.retryAfterMs ?? 0, backoffMs(failures.others, random));
      return { retry: { afterMs }, failures };
    }
    case 'Missing':
      return { retry: { afterMs: missingMs }, failures: before };
    case 'Denied':
      return retryRefused(before, random);
    case 'InvalidSpec':
      // What the API server calls invalid may be refused by a webhook or a policy, which change too.
      return error.code.startsWith('Kube')
        ? retryRefused(before, random)
        : { retry: 'on change', failures: before };
    case 'Cancelled':
      return { retry: 'on change', failures: before };
  }
}

/** No watch tells of a granted right, of room under a quota or of a policy that is gone. */
function retryRefused(before: Failures, random: number): ReturnType<typeof decideRetry> {
  const failures = { ...before, others: before.others + 1 };
  return { retry: { afterMs: Math.max(missingMs, backoffMs(failures.others, random)) }, failures };
}

/** How loud a failed pass is. */
export function logLevelOf(error: AppError): 'debug' | 'info' | 'warn' | 'error' {
  switch (error.class) {
    case 'Conflict':
    case 'Cancelled':
      return 'debug';
    case 'InvalidSpec':
    case 'Missing':
      return 'info';
    case 'Denied':
    case 'Transient':
      return 'warn';
    case 'Bug':
      return 'error';
  }
}

function backoffMs(count: number, random: number): number {
  const ceilingMs = Math.min(firstBackoffMs * 2 ** (count - 1), longestBackoffMs);
  return ceilingMs * (0.75 + random / 2);
}
