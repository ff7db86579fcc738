const steps = 40;
const lastIndex = 2 * steps;

/** The ratios that are weighed against each other: 81 of them from 0.1 to 10, each 5.9 % above the one before. */
export const gridRatios: readonly number[] = Array.from(
  { length: lastIndex + 1 },
  (_, i) => 10 ** ((i - steps) / steps),
);

/** One log-likelihood for each ratio of the grid, up to a constant that all have in common. */
export type Likelihoods = readonly number[];

/** Before anything was seen. */
export const noLikelihoods: Likelihoods = gridRatios.map(() => 0);

/** The events of one interval. They may be fractions, as rates of counters are. */
export interface IntervalEvents {
  /** The part of all requests that the canary had, above 0 and below 1. */
  readonly share: number;
  readonly canary: number;
  readonly baseline: number;
}

/** The likelihoods with one interval counted in: of all events, how many fell to the canary for its share. */
export function addInterval(before: Likelihoods, events: IntervalEvents): Likelihoods {
  const { share, canary, baseline } = events;
  const odds = share / (1 - share);
  const added = gridRatios.map((ratio) => {
    // ln theta and ln (1 - theta) of theta = share * ratio / (1 - share + share * ratio), without a difference of near numbers.
    const whole = Math.log1p(odds * ratio);
    return canary * (Math.log(odds * ratio) - whole) - baseline * whole;
  });
  const middle = (before[steps] ?? 0) + (added[steps] ?? 0);
  return before.map((value, i) => value + (added[i] ?? 0) - middle);
}

/** The index of the smallest ratio of the grid that is at least this one. */
export function indexAtOrAbove(ratio: number): number {
  return onGrid(Math.ceil(steps + steps * Math.log10(ratio) - 1e-9));
}

/** The index of the largest ratio of the grid that is at most this one. */
export function indexAtOrBelow(ratio: number): number {
  return onGrid(Math.floor(steps + steps * Math.log10(ratio) + 1e-9));
}

function onGrid(index: number): number {
  return Math.min(Math.max(index, 0), lastIndex);
}
