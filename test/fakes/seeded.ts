import { createSeededRandom } from '#sandbox/gateway/seeded-random.js';

export type Random = () => number;

/** The random numbers of run number `run`: other ones for each, and the same every time. */
export function randomOfRun(run: number): Random {
  return createSeededRandom(run * 7919 + 17);
}

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A factor of mean 1 and this variance: how one pod differs from the others (log-normal). */
export function factor(variance: number, random: Random): number {
  const spread = Math.log(1 + variance);
  return variance === 0 ? 1 : Math.exp(Math.sqrt(spread) * normal(random) - spread / 2);
}

/** A count with this mean. Large means are drawn in halves, since e to their negative would be 0. */
export function poisson(mean: number, random: Random): number {
  if (mean > 60) return poisson(mean / 2, random) + poisson(mean / 2, random);
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}
