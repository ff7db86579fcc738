import { readSettings, type ComparisonSettings } from '#core/comparison/settings.js';
import { beginComparison, type ComparisonState } from '#core/comparison/state.js';
import { takeLook } from '#core/comparison/look.js';
import type { SideSample } from '#core/comparison/sample.js';
import { addMs, instantOf } from '#core/time/instant.js';
import { factor, normal, poisson, randomOfRun, type Random } from '#test/fakes/seeded.js';

/** A world in which canary and baseline serve requests, and a judge of both looks again and again. */
export interface World {
  readonly name: string;
  /** How many times as often the canary fails, by the number of the look. */
  readonly ratio: (look: number) => number;
  readonly looks: number;
  /** Failures expected in a look over both sides, at the rate of the baseline. */
  readonly events: number;
  /** The canary's part of the requests. */
  readonly share: number;
  readonly pods: readonly [canary: number, baseline: number];
  /** Variance of the rates of pods: for good, and anew at each look. */
  readonly podVariance?: number;
  readonly podNoise?: number;
  /** Variance of the rate of a whole side; `keeps`: how much of it stays to the next look. */
  readonly sideVariance?: number;
  readonly keeps?: number;
  /** Failures come in bundles of this many. */
  readonly bundle?: number;
  /** Settings of the comparison, beside the defaults at tolerance 1 and looks a minute apart. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** The first looks at which each judge would have aborted, and at which the comparison called the canary good enough. */
export interface FirstLooks {
  readonly comparison?: number;
  readonly good?: number;
  /** The canary's rate is above 1.5 times the baseline's in an interval. */
  readonly threshold?: number;
  /** A one-sided z-test at 5 % on everything so far, at every look. */
  readonly zTest?: number;
}

const minute = 60_000;
const start = instantOf(Date.UTC(2026, 0, 1));
const requestsOfLook = 10_000;

/** Plays one run; the same every time for a number. */
export function playCounts(world: World, run: number): FirstLooks {
  const random = randomOfRun(run);
  const settings = settingsOf(world);
  const draw = sidesOf(world, random);
  const first: { -readonly [judge in keyof FirstLooks]: number } = {};
  let state: ComparisonState = beginComparison(start);
  const sums = { canary: 0, baseline: 0 };
  for (let look = 1; look <= world.looks; look += 1) {
    const { canary, baseline } = draw(look);
    const now = addMs(start, (look - 1) * minute);
    state = takeLook(state, { kind: 'counts', canary, baseline }, { settings, alpha: 0.05, now });
    if (state.decided === 'worse') first.comparison ??= look;
    if (state.decided === 'good') first.good ??= look;
    if (rateOf(canary) > 1.5 * rateOf(baseline)) first.threshold ??= look;
    if ((look - 1) * minute < settings.warmUpMs) continue;
    sums.canary += canary.events;
    sums.baseline += baseline.events;
    if (zOf(sums, world.share) > 1.645) first.zTest ??= look;
  }
  return first;
}

function settingsOf({ settings = {} }: World): ComparisonSettings {
  const side = { web: { url: 'http://nobody' } };
  const read = readSettings({ kind: 'errorRate', tolerance: 1, ...settings, canary: side, baseline: side });
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

/** What both sides had, look by look. */
function sidesOf(world: World, random: Random): (look: number) => Record<'canary' | 'baseline', SideSample> {
  const { events, share, pods, podVariance = 0, podNoise = 0, bundle = 1 } = world;
  const side = (count: number, part: number) => {
    const rates = Array.from({ length: count }, () => factor(podVariance, random));
    const mood = moodOf(world, random);
    return (times: number): SideSample => {
      const all = mood();
      const counts = rates.map((rate) => {
        const mean = (events * part * times * rate * all * factor(podNoise, random)) / count;
        return { events: bundle * poisson(mean / bundle, random), total: (requestsOfLook * part) / count };
      });
      const sum = (field: 'events' | 'total') => counts.reduce((total, one) => total + one[field], 0);
      const clusters = Object.fromEntries(counts.map((one, i) => [`pod-${i}`, one]));
      return { events: sum('events'), total: sum('total'), clusters };
    };
  };
  const canary = side(pods[0], share);
  const baseline = side(pods[1], 1 - share);
  return (look) => ({ canary: canary(world.ratio(look)), baseline: baseline(1) });
}

/** The rate of a whole side, which varies by itself around 1. */
function moodOf({ sideVariance = 0, keeps = 0 }: World, random: Random): () => number {
  if (sideVariance === 0) return () => 1;
  let mood = 0;
  return () => {
    mood = keeps * mood + Math.sqrt(sideVariance * (1 - keeps * keeps)) * normal(random);
    return Math.exp(mood - sideVariance / 2);
  };
}

function rateOf({ events, total }: SideSample): number {
  return events / total;
}

function zOf({ canary, baseline }: Record<'canary' | 'baseline', number>, share: number): number {
  const all = canary + baseline;
  return all === 0 ? 0 : (canary - share * all) / Math.sqrt(all * share * (1 - share));
}
