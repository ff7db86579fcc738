/** A clock that is never set: what it showed last, by which reading of the machine's monotonic clock. */
export interface SteadyTime {
  readonly shownMs: number;
  readonly monotonicMs: number;
  /** How long the machine has slept since it started. */
  readonly sleptMs: number;
}

/** The clocks of a machine at one moment. */
export interface ClockReading {
  /** Since 1970, as people and time servers set it. */
  readonly wallMs: number;
  /** Since any moment, by a clock that nobody sets; it may stand still while the machine sleeps. */
  readonly monotonicMs: number;
  /** How long the machine has slept since it started; asked only when the wall clock is not where it should be. */
  readonly sleptMs: () => number;
}

/** Up to here the wall clock is followed as it is. */
const closeMs = 50;
/** Who sets a clock further than this wants the new time now. */
const farMs = 600_000;
/** How much faster or slower than real time goes until both agree, at least; a large difference is made good in about an hour. */
const leastRate = 0.01;
const makeGoodMs = 3_600_000;

/** The first look: the wall clock's time. */
export function startSteadyTime({ wallMs, monotonicMs, sleptMs }: ClockReading): SteadyTime {
  return { shownMs: wallMs, monotonicMs, sleptMs: sleptMs() };
}

/**
 * The next look. A wall clock that was set is approached slowly and never backwards, so that a wait of a second stays one;
 * one that was set by more than ten minutes is followed at once. Time that the machine slept has passed.
 */
export function advanceSteadyTime(last: SteadyTime, reading: ClockReading): SteadyTime {
  const { wallMs, monotonicMs } = reading;
  const elapsedMs = Math.max(0, monotonicMs - last.monotonicMs);
  const expectedMs = last.shownMs + elapsedMs;
  if (Math.abs(wallMs - expectedMs) <= closeMs) {
    return { shownMs: Math.max(last.shownMs, wallMs), monotonicMs, sleptMs: last.sleptMs };
  }
  const sleptMs = reading.sleptMs();
  const awakeMs = expectedMs + Math.max(0, sleptMs - last.sleptMs);
  const offMs = wallMs - awakeMs;
  if (Math.abs(offMs) > farMs) return { shownMs: wallMs, monotonicMs, sleptMs };
  const most = elapsedMs * Math.max(leastRate, Math.abs(offMs) / makeGoodMs);
  const shownMs = awakeMs + Math.sign(offMs) * Math.min(most, Math.abs(offMs));
  return { shownMs: Math.max(last.shownMs, shownMs), monotonicMs, sleptMs };
}
