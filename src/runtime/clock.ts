import { type Instant, instantOf } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';

/** Longest delay that setTimeout takes; a later moment is reached in several hops. */
const longestDelayMs = 2_147_483_647;

/** The machine's clock. Its timers never fire early and never keep the process alive. */
export function createRealClock(): Clock {
  const now = (): Instant => instantOf(Date.now());
  return {
    now,
    schedule(at, callback) {
      let timer: NodeJS.Timeout;
      const wait = (): void => {
        const delayMs = Math.ceil(Math.min(Math.max(at - now(), 0), longestDelayMs));
        timer = setTimeout(() => (now() < at ? wait() : callback()), delayMs).unref();
      };
      wait();
      return () => clearTimeout(timer);
    },
  };
}
