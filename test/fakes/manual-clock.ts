import { type Instant, instantOf } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves on, firing what becomes due in order, and lets promises settle after each and at the end. */
  advance(ms: number): Promise<void>;
  readonly pendingCount: number;
}

export function createManualClock(startMs = 0): ManualClock {
  let now = instantOf(startMs);
  let number = 0;
  const timers = new Map<number, { readonly at: Instant; readonly callback: () => void }>();
  const nextBefore = (until: Instant) =>
    [...timers].filter(([, t]) => t.at <= until).sort(([i, a], [j, b]) => a.at - b.at || i - j)[0];
  return {
    now: () => now,
    schedule(at, callback) {
      const id = number++;
      timers.set(id, { at, callback });
      return () => void timers.delete(id);
    },
    async advance(ms) {
      const until = instantOf(now + ms);
      await settle();
      for (let next = nextBefore(until); next !== undefined; next = nextBefore(until)) {
        const [id, { at, callback }] = next;
        timers.delete(id);
        now = instantOf(Math.max(now, at));
        callback();
        await settle();
      }
      now = until;
      await settle();
    },
    get pendingCount() {
      return timers.size;
    },
  };
}

/** Lets every promise that can go on do so; no real time passes. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
