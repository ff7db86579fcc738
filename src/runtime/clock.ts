import { uptime } from 'node:os';
import { type Instant, instantOf } from '#core/time/instant.js';
import { advanceSteadyTime, type ClockReading, startSteadyTime } from '#core/time/steady-time.js';
import type { Clock } from '#ports/clock.js';

/** Longest delay that setTimeout takes; a later moment is reached in several hops. */
const longestDelayMs = 2_147_483_647;

/** What the operating system counts on while the machine sleeps, and Node's own clock does not. */
const sleptMs = (): number => uptime() * 1000 - performance.now();

const readMachine = (): ClockReading => ({
  wallMs: Date.now(),
  monotonicMs: performance.now(),
  sleptMs,
});

/**
 * The machine's clock, which goes on steadily when somebody sets it. Its timers never fire early and never keep the
 * process alive. @param read - default: the clocks of this machine.
 */
export function createRealClock(read: () => ClockReading = readMachine): Clock {
  let time = startSteadyTime(read());
  const now = (): Instant => {
    time = advanceSteadyTime(time, read());
    return instantOf(time.shownMs);
  };
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
