import type { Instant } from '#core/time/instant.js';
import { addClusters, noClusters, type ClusteredSides } from './clusters.js';
import { dispersionOf, temper, type Dispersion } from './evidence/dispersion.js';
import { evidenceOf, narrow, type Evidence } from './evidence/evidence.js';
import { addInterval } from './evidence/likelihood.js';
import { addMeans, signEvidence } from './evidence/mean-signs.js';
import { addPoint } from './report/history.js';
import { bestIndex } from './report/ratio.js';
import type { SideCounts, SideSample } from './sample.js';
import type { ComparisonSettings } from './settings.js';
import type { ComparisonState, Decided } from './state.js';

/** What both sides had in one interval. */
export type Sample =
  | { readonly kind: 'counts'; readonly canary: SideSample; readonly baseline: SideSample }
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
  if (counted.looks === before.looks) return calm;
  const evidence = evidenceFor(counted, look.settings);
  const possible = narrow(counted.possible, evidence, look.alpha);
  const decided = decide(counted, evidence, look);
  const best = bestIndex(counted, look.settings);
  const history = addPoint(before.history, {
    look: counted.looks,
    seconds: Math.round((look.now - before.startedAt) / 1000),
    ...possible,
    ...(best === undefined ? {} : { best }),
    worse: evidence.above(look.settings.tolerance),
    good: evidence.below(look.settings.margin),
  });
  return { ...counted, possible, history, ...(decided === undefined ? {} : { decided }) };
}

/** The evidence in a state: means are compared by signs, everything else by counts, with regard to clusters if asked for. */
export function evidenceFor(state: ComparisonState, settings: ComparisonSettings): Evidence {
  if (settings.kind === 'mean') return signEvidence(state.signs);
  const dispersion = dispersionFor(state, settings);
  return evidenceOf(dispersion === undefined ? state.likelihoods : temper(state.likelihoods, dispersion));
}

/** How much clusters differ; `undefined` when nobody asked. */
export function dispersionFor(
  { clusters }: ComparisonState,
  { clusterBy }: ComparisonSettings,
): Dispersion | undefined {
  if (clusterBy === undefined) return undefined;
  return dispersionOf([Object.values(clusters.canary), Object.values(clusters.baseline)]);
}

/** What the evidence is held against. */
export function barOf(alpha: number): number {
  return Math.log(1 / alpha);
}

/** What a decision is taken on at least: intervals for means, failed (or slow) requests of both sides for counts. */
export function weightOf(state: ComparisonState, { kind }: ComparisonSettings): number {
  return kind === 'mean' ? state.looks : state.canary.events + state.baseline.events;
}

/** Only what can be compared is counted: an interval in which one side had no request teaches nothing. */
function count(before: ComparisonState, sample: Sample): ComparisonState {
  const looks = before.looks + 1;
  if (sample.kind === 'means') {
    const isUsable = sample.canary > 0 && sample.baseline > 0;
    if (!isUsable) return before;
    return { ...before, looks, signs: addMeans(before.signs, sample.canary, sample.baseline) };
  }
  const { canary, baseline } = sample;
  const share = canary.total === 0 ? 0 : canary.total / (canary.total + baseline.total);
  if (share === 0 || share === 1) return { ...before, looks, missing: share === 0 ? 'canary' : 'baseline' };
  const events = { share, canary: canary.events, baseline: baseline.events };
  return {
    ...before,
    looks,
    share,
    missing: undefined,
    canary: add(before.canary, canary),
    baseline: add(before.baseline, baseline),
    clusters: addBoth(before.clusters, canary, baseline),
    likelihoods: addInterval(before.likelihoods, events),
  };
}

function addBoth(before: ClusteredSides, canary: SideSample, baseline: SideSample): ClusteredSides {
  if (canary.clusters === undefined || baseline.clusters === undefined) return noClusters;
  return {
    canary: addClusters(before.canary, canary.clusters),
    baseline: addClusters(before.baseline, baseline.clusters),
  };
}

function add(a: SideCounts, b: SideCounts): SideCounts {
  return { events: a.events + b.events, total: a.total + b.total };
}

function decide(state: ComparisonState, evidence: Evidence, look: Look): Decided | undefined {
  if (state.decided === 'worse') return 'worse';
  return decidedBy(evidence, weightOf(state, look.settings), look) ?? state.decided;
}

/** What evidence on so many events decides, `undefined` when it does not suffice. */
export function decidedBy(
  evidence: Evidence,
  weight: number,
  { settings, alpha }: Pick<Look, 'settings' | 'alpha'>,
): Decided | undefined {
  if (weight < settings.minEvents) return undefined;
  if (evidence.above(settings.tolerance) >= barOf(alpha)) return 'worse';
  return evidence.below(settings.margin) >= barOf(alpha) ? 'good' : undefined;
}
