import { fluxConditions, fluxReasons } from '#api/flux/words.js';
import type { SourceOutcome } from '#core/gitops/source/source-run.js';
import { AppError } from '#ports/errors.js';

/** What the work gives; an error of a remote, of content or of the store is a problem with this reason. */
export async function attempt<T>(
  reason: string,
  what: string,
  work: () => Promise<T>,
): Promise<SourceOutcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.class === 'Bug' || thrown.class === 'Cancelled') throw thrown;
    return failed(reason, `${what}: ${thrown.message}`);
  }
}

/** A problem that waiting may help with; the reasons of the store have a condition of their own. */
export function failed(reason: string, message: string): SourceOutcome<never> & { readonly ok: false } {
  const isStore = reason === fluxReasons.archiveOperationFailed;
  const storage = isStore ? { condition: fluxConditions.storageOperationFailed } : {};
  return { ok: false, problem: { reason, message, isStalling: false, ...storage } };
}
