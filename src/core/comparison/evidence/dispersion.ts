import type { Likelihoods } from './likelihood.js';

/** What one cluster of requests (a pod, say) had so far. */
export interface ClusterCounts {
  readonly events: number;
  readonly total: number;
}

/** How much clusters of one side differ from each other, compared with what chance explains. */
export interface Dispersion {
  /** How many times the variance of chance the difference between both sides has; 1 when chance explains it. */
  readonly factor: number;
  /** By how much of the factor more requests do not help: it grows as they do. */
  readonly lasting: number;
  /** From how many differences it was estimated: clusters of both sides less 2. At 0 nothing is known. */
  readonly freedom: number;
}

/**
 * Estimates how much clusters differ within their sides, the larger of two estimates: a variance that is a multiple of
 * chance, and rates that vary between clusters and stay (the part of a bad pod does not shrink with its requests).
 */
export function dispersionOf(sides: readonly (readonly ClusterCounts[])[]): Dispersion {
  const found = sides.map(spreadOf);
  const sum = (part: (spread: Spread) => number): number =>
    found.reduce((total, spread) => total + part(spread), 0);
  const freedom = sum((spread) => spread.freedom);
  if (freedom === 0) return { factor: 1, lasting: 0, freedom: 0 };
  const weight = sum((spread) => spread.weight);
  const rateVariance = weight > 0 ? Math.max(0, sum((spread) => spread.excess) / weight) : 0;
  const chance = sum((spread) => spread.chance);
  const lasting = chance > 0 ? (rateVariance * sum((spread) => spread.concentration)) / chance : 0;
  return { factor: Math.max(1, sum((spread) => spread.squares) / freedom, 1 + lasting), lasting, freedom };
}

/** The same when all clusters have had so many times the requests. */
export function growDispersion(dispersion: Dispersion, times: number): Dispersion {
  const lasting = dispersion.lasting * times;
  return { ...dispersion, lasting, factor: Math.max(dispersion.factor, 1 + lasting) };
}

interface Spread {
  readonly freedom: number;
  /** Pearson's sum: squared differences from what is expected, each over its expectation. */
  readonly squares: number;
  /** For the variance of rates: squared differences beyond chance, and what they are divided by. */
  readonly excess: number;
  readonly weight: number;
  /** The relative variance of the side by chance, and the part of it that its largest clusters have. */
  readonly chance: number;
  readonly concentration: number;
}

function spreadOf(side: readonly ClusterCounts[]): Spread {
  const busy = side.filter(({ total }) => total > 0);
  const events = busy.reduce((sum, cluster) => sum + cluster.events, 0);
  const total = busy.reduce((sum, cluster) => sum + cluster.total, 0);
  if (events === 0) {
    return { freedom: 0, squares: 0, excess: 0, weight: 0, chance: 1, concentration: 0 };
  }
  const parts = busy.map((cluster) => {
    const expected = (events * cluster.total) / total;
    return { expected, square: (cluster.events - expected) ** 2 };
  });
  const of = (part: (one: (typeof parts)[number]) => number): number =>
    parts.reduce((sum, one) => sum + part(one), 0);
  const freedom = busy.length - 1;
  const isAlone = freedom === 0;
  const shares = of(({ expected }) => expected ** 2);
  return {
    freedom,
    squares: isAlone ? 0 : of(({ expected, square }) => square / expected),
    excess: isAlone ? 0 : of(({ expected, square }) => (square * busy.length) / freedom - expected),
    weight: isAlone ? 0 : shares,
    chance: 1 / events,
    concentration: shares / events ** 2,
  };
}

/**
 * The likelihoods when clusters differ by more than chance: flatter by the factor, and with the heavier tails that an
 * estimate from few clusters has (by Wallace's approximation of Student's distribution). Flat when nothing is known.
 */
export function temper(likelihoods: Likelihoods, { factor, freedom }: Dispersion): Likelihoods {
  if (freedom === 0) return likelihoods.map(() => 0);
  const highest = likelihoods.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const correction = ((8 * freedom + 1) / (8 * freedom + 3)) ** 2;
  return likelihoods.map((value) => {
    const distance = (2 * (highest - value)) / (factor * freedom);
    return -correction * (freedom / 2) * Math.log1p(distance);
  });
}
