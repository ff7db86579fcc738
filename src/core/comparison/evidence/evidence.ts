import type { Likelihoods } from './likelihood.js';
import { gridRatios } from './likelihood.js';

/** Evidence in natural logs; `index` names a ratio of the grid. Valid at every look: the level needs no correction for looking. */
export interface Evidence {
  /** For "the ratio is above this one". */
  above(index: number): number;
  /** For "the ratio is below this one". */
  below(index: number): number;
}

/** Indices of the grid, both included. */
export interface GridInterval {
  readonly low: number;
  readonly high: number;
}

/** What can be said before anything was seen. */
export const wholeGrid: GridInterval = { low: 0, high: gridRatios.length - 1 };

/** The evidence in likelihoods. At the ends of the grid there is none beyond. */
export function evidenceOf(likelihoods: Likelihoods): Evidence {
  const above = once(() => againstTails(likelihoods.toReversed()).toReversed());
  const below = once(() => againstTails(likelihoods));
  return {
    above: (index) => above()[index] ?? Number.NEGATIVE_INFINITY,
    below: (index) => below()[index] ?? Number.NEGATIVE_INFINITY,
  };
}

/** For each likelihood the mean of those before it, divided by it, in logs. */
function againstTails(likelihoods: Likelihoods): readonly number[] {
  let sum = Number.NEGATIVE_INFINITY;
  return likelihoods.map((value, count) => {
    const evidence = count === 0 ? sum : sum - Math.log(count) - value;
    sum = addLogs(sum, value);
    return evidence;
  });
}

/** ln(exp a + exp b), without overflow. */
function addLogs(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/**
 * The ratios that are still possible at confidence 1 - alpha, within those that were possible before. Data that exclude
 * every one of those leave the end that they come nearest to.
 */
export function narrow(before: GridInterval, evidence: Evidence, alpha: number): GridInterval {
  const wanted = Math.log(2 / alpha);
  const possible = gridRatios.flatMap((_, i) =>
    evidence.above(i) < wanted && evidence.below(i) < wanted ? [i] : [],
  );
  const clamp = (index: number): number => Math.min(Math.max(index, before.low), before.high);
  const low = possible[0];
  const high = possible.at(-1);
  return low === undefined || high === undefined ? before : { low: clamp(low), high: clamp(high) };
}
