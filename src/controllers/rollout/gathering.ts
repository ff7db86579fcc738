import type { Rollout, RolloutStatus } from '#api/argoproj/rollout.js';
import { statusChange } from '#core/rollout/status/status-change.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';

/** People read words as they come: those wait for a quarter of the time. */
const wordsShare = 0.25;

/**
 * Gathers numbers of pods for a while before they are written, so that a scale of many pods is one write and not many.
 * Every transition is written at once and takes the numbers of its moment along. Losing this memory costs a little time.
 */
export class StatusGathering {
  readonly #windowMs: number;
  /** By namespace and name: when the first difference was seen that is not stored yet. */
  readonly #since = new Map<string, Instant>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Until when the next status is better not written; `undefined`: write it now. */
  heldUntil({ metadata, status = {} }: Rollout, next: RolloutStatus, now: Instant): Instant | undefined {
    const change = statusChange(status, next);
    if (change === 'none' || change === 'transition') {
      this.forget(metadata);
      return undefined;
    }
    const since = this.#since.get(idOf(metadata)) ?? now;
    const until = addMs(since, change === 'words' ? this.#windowMs * wordsShare : this.#windowMs);
    if (now < until) {
      this.#since.set(idOf(metadata), since);
      return until;
    }
    this.forget(metadata);
    return undefined;
  }

  /** The Rollout is gone, or its status is written. */
  forget(key: ReconcileKey): void {
    this.#since.delete(idOf(key));
  }
}

function idOf({ namespace, name }: ReconcileKey): string {
  return `${namespace ?? ''}/${name}`;
}
