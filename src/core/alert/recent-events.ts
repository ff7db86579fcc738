import { addMs, type Instant } from '#core/time/instant.js';

/** As the peer's `--rate-limit-interval`. */
const rateLimitMs = 300_000;
/** Beyond these the oldest are forgotten: a repetition is told again then. */
const most = 10_000;

/** When each event was last taken, by its key. */
export class RecentEvents {
  /** Oldest first. */
  readonly #at = new Map<string, Instant>();

  /** Whether an event is news; then it is remembered. Moments must not go back. */
  take(key: string, now: Instant, intervalMs: number = rateLimitMs): boolean {
    const last = this.#at.get(key);
    if (last !== undefined && now < addMs(last, intervalMs)) return false;
    this.#at.delete(key);
    this.#at.set(key, now);
    this.#forget(now, intervalMs);
    return true;
  }

  get size(): number {
    return this.#at.size;
  }

  #forget(now: Instant, intervalMs: number): void {
    for (const [key, at] of this.#at) {
      if (this.#at.size <= most && now < addMs(at, intervalMs)) return;
      this.#at.delete(key);
    }
  }
}
