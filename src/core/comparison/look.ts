import type { Instant } from '#core/time/instant.js';
import { evidenceOf, narrow, type Evidence } from './evidence/evidence.js';
import { addInterval } from './evidence/likelihood.js';
import { addMeans, signEvidence } from './evidence/mean-signs.js';
import type { SideCounts } from './sample.js';
import type { ComparisonSettings } from './settings.js';
import type { ComparisonState, Decided } from './state.js';

/** What both sides had in one interval. */
export type Sample =
  | { readonly kind: 'counts'; readonly canary: SideCounts; readonly baseline: SideCounts }
  | { readonly kind: 'means'; readonly canary: number; readonly baseline: number };

/** One look at a comparison. `alpha` is this comparison's part of the one of the run. */
export interface Look {
  readonly settings: ComparisonSettings;
  readonly alpha: number;
  readonly now: Instant;
}

/** The state with one interval counted in, and decided if the evidence suffices. An interval in the warm-up teaches nothing. */
export function takeLook(before: ComparisonState, sample: Sample, look: Look): ComparisonState {
  const calm = { ...before, errors: 0 };
  if (look.now - before.startedAt < look.settings.warmUpMs) return calm;
  const counted = count(calm, sample);
  const evidence = evidenceFor(counted, look.settings);
  const possible = narrow(counted.possible, evidence, look.alpha);
  const decided = decide(counted, evidence, look);
  return { ...counted, possible, ...(decided === undefined ? {} : { decided }) };
}

/** The evidence in a state: means are compared by signs, everything else by counts. */
export function evidenceFor(state: ComparisonState, { kind }: ComparisonSettings): Evidence {
  return kind === 'mean' ? signEvidence(state.signs) : evidenceOf(state.likelihoods);
}

/** What the evidence is held against. */
export function barOf(alpha: number): number {
  return Math.log(1 / alpha);
}

function count(before: ComparisonState, sample: Sample): ComparisonState {
  const looks = before.looks + 1;
  if (sample.kind === 'means') {
    const isUsable = sample.canary > 0 && sample.baseline > 0;
    if (!isUsable) return before;
    return { ...before, looks, signs: addMeans(before.signs, sample.canary, sample.baseline) };
  }
  const { canary, baseline } = sample;
  const all = canary.total + baseline.total;
  const share = all === 0 ? 0 : canary.total / all;
  const summed = {
    ...before,
    looks,
    share,
    canary: add(before.canary, canary),
    baseline: add(before.baseline, baseline),
  };
  // With all requests on one side nothing can be compared.
  if (share === 0 || share === 1) return summed;
  const events = { share, canary: canary.events, baseline: baseline.events };
  return { ...summed, likelihoods: addInterval(before.likelihoods, events) };
}

function add(a: SideCounts, b: SideCounts): SideCounts {
  return { events: a.events + b.events, total: a.total + b.total };
}

function decide(state: ComparisonState, evidence: Evidence, look: Look): Decided | undefined {
  const { settings, alpha } = look;
  const events = settings.kind === 'mean' ? state.looks : state.canary.events + state.baseline.events;
  if (state.decided === 'worse' || events < settings.minEvents) return state.decided;
  if (evidence.above(settings.tolerance) >= barOf(alpha)) return 'worse';
  return evidence.below(settings.margin) >= barOf(alpha) ? 'good' : state.decided;
}
