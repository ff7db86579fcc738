import { type Instant, instantOf } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';

/** Longest delay that setTimeout takes; a later moment is reached in several hops. */
const maxDelayMs = 2_147_483_647;

/** The machine's clock. Its timers never keep the process alive. */
export function createRealClock(): Clock {
  const now = (): Instant => instantOf(Date.now());
  return {
    now,
    schedule(at, callback) {
      let timer: NodeJS.Timeout;
      const wait = (): void => {
        const left = at - now();
        timer = setTimeout(() => (left > maxDelayMs ? wait() : callback()), clampDelay(left));
        timer.unref();
      };
      wait();
      return () => clearTimeout(timer);
    },
  };
}

function clampDelay(ms: number): number {
  return Math.ceil(Math.min(Math.max(ms, 0), maxDelayMs));
}
