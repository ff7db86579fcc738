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
  const against = (others: Likelihoods, index: number): number =>
    others.length === 0 ? Number.NEGATIVE_INFINITY : logMeanExp(others) - (likelihoods[index] ?? 0);
  return {
    above: (index) => against(likelihoods.slice(index + 1), index),
    below: (index) => against(likelihoods.slice(0, index), index),
  };
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

/** ln of the mean of exp over the values, without overflow: the largest is taken out first. */
function logMeanExp(values: Likelihoods): number {
  const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = values.reduce((total, value) => total + Math.exp(value - largest), 0);
  return largest + Math.log(sum / values.length);
}
