import { evidenceOf } from '#core/comparison/evidence/evidence.js';
import { addInterval, indexAtOrAbove, noLikelihoods } from '#core/comparison/evidence/likelihood.js';

/** A world in which canary and baseline serve requests; the canary has 20 % of them. */
export interface World {
  readonly name: string;
  /** How many times as often the canary fails, by the number of the look. */
  readonly ratio: (look: number) => number;
  readonly looks: number;
  /** Failures of the baseline's rate expected per look over both sides. */
  readonly events: number;
  /** Variance of the rate of each side from look to look, 0 for none; `keeps`: how much of it stays to the next look. */
  readonly spread?: number;
  readonly keeps?: number;
  /** Looks that teach nothing. */
  readonly warmUp?: number;
  /** Of the comparison; 1 when absent. */
  readonly tolerance?: number;
}

/** Which part of the runs each judge would have aborted. */
export interface Aborted {
  readonly comparison: number;
  /** The canary's rate above 1.5 times the baseline's in an interval. */
  readonly threshold: number;
  /** A one-sided z-test at 5 % on everything so far, at every look. */
  readonly zTest: number;
  /** The median look of the comparison's aborts. */
  readonly medianLook: number | undefined;
}

const share = 0.2;
const bar = Math.log(20);

/** Plays `runs` runs; the same numbers every time. */
export function abortedIn(world: World, runs: number): Aborted {
  const results = Array.from({ length: runs }, (_, run) => play(world, randomOf(run * 7919 + 17)));
  const part = (judge: 'comparison' | 'threshold' | 'zTest'): number =>
    results.filter((result) => result[judge] !== undefined).length / runs;
  const looks = results.flatMap(({ comparison }) => comparison ?? []).toSorted((a, b) => a - b);
  return {
    comparison: part('comparison'),
    threshold: part('threshold'),
    zTest: part('zTest'),
    medianLook: looks[Math.floor(looks.length / 2)],
  };
}

interface FirstAborts {
  comparison?: number;
  threshold?: number;
  zTest?: number;
}

function play(world: World, random: () => number): FirstAborts {
  const { looks, events, spread = 0, keeps = 0, warmUp = 0, tolerance = 1 } = world;
  const limit = indexAtOrAbove(tolerance);
  const aborts: FirstAborts = {};
  let likelihoods = noLikelihoods;
  const sums = { canary: 0, baseline: 0 };
  const moods = { canary: 0, baseline: 0 };
  const moodOf = (side: 'canary' | 'baseline'): number => {
    moods[side] = keeps * moods[side] + Math.sqrt(spread * (1 - keeps * keeps)) * normal(random);
    return Math.exp(moods[side] - spread / 2);
  };
  for (let look = 1; look <= looks; look += 1) {
    const canary = poisson(events * share * world.ratio(look) * moodOf('canary'), random);
    const baseline = poisson(events * (1 - share) * moodOf('baseline'), random);
    if (canary / share > (1.5 * baseline) / (1 - share)) aborts.threshold ??= look;
    if (look <= warmUp) continue;
    sums.canary += canary;
    sums.baseline += baseline;
    const all = sums.canary + sums.baseline;
    const z = (sums.canary - share * all) / Math.sqrt(all * share * (1 - share));
    if (z > 1.645) aborts.zTest ??= look;
    likelihoods = addInterval(likelihoods, { share, canary, baseline });
    if (evidenceOf(likelihoods).above(limit) >= bar) aborts.comparison ??= look;
  }
  return aborts;
}

/** Uniform numbers from a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}
