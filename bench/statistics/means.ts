import { takeLook } from '#core/comparison/look.js';
import { readSettings } from '#core/comparison/settings.js';
import { beginComparison, type ComparisonState } from '#core/comparison/state.js';
import { addMs, instantOf } from '#core/time/instant.js';
import { normal, randomOfRun, type Random } from '#test/fakes/seeded.js';
import type { FirstLooks } from './counts.js';

/** A world in which both sides have latencies with a long tail (log-normal), of which only means are known. */
export interface MeanWorld {
  readonly name: string;
  /** How many times as long the canary takes. */
  readonly ratio: number;
  readonly looks: number;
  /** Requests in a look. */
  readonly canary: number;
  readonly baseline: number;
  /** How long the tail is: the spread of the logarithms; 1 has a mean 1.6 times its median. */
  readonly tail: number;
}

const start = instantOf(Date.UTC(2026, 0, 1));

/** Plays one run; the same every time for a number. The threshold and the t-test judge the same means. */
export function playMeans(world: MeanWorld, run: number): FirstLooks {
  const random = randomOfRun(run);
  const side = { web: { url: 'http://nobody' } };
  const settings = readSettings({ kind: 'mean', tolerance: 1, canary: side, baseline: side });
  if (!settings.ok) throw new Error(settings.message);
  const first: { -readonly [judge in keyof FirstLooks]: number } = {};
  let state: ComparisonState = beginComparison(start);
  const differences: number[] = [];
  for (let look = 1; look <= world.looks; look += 1) {
    const canary = world.ratio * meanOf(world.canary, world.tail, random);
    const baseline = meanOf(world.baseline, world.tail, random);
    const now = addMs(start, (look - 1) * 60_000);
    state = takeLook(
      state,
      { kind: 'means', canary, baseline },
      { settings: settings.value, alpha: 0.05, now },
    );
    if (state.decided === 'worse') first.comparison ??= look;
    if (state.decided === 'good') first.good ??= look;
    if (canary > 1.5 * baseline) first.threshold ??= look;
    differences.push(canary - baseline);
    if (look >= 5 && tOf(differences) > 1.68) first.zTest ??= look;
  }
  return first;
}

function meanOf(requests: number, tail: number, random: Random): number {
  let sum = 0;
  for (let i = 0; i < requests; i += 1) sum += Math.exp(tail * normal(random) - (tail * tail) / 2);
  return sum / requests;
}

function tOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return mean / Math.sqrt(squares / (values.length - 1) / values.length);
}
