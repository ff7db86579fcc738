import { barOf, evidenceFor } from '../look.js';
import { gridRatios } from '../evidence/likelihood.js';
import { medianRatio } from '../evidence/mean-signs.js';
import type { ComparisonSettings } from '../settings.js';
import type { ComparisonState } from '../state.js';

/** The ratio that explains best what was seen; `undefined` while nothing was seen. */
export function bestRatio(state: ComparisonState, { kind }: ComparisonSettings): number | undefined {
  if (kind === 'mean') return medianRatio(state.signs);
  const highest = state.likelihoods.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const isFlat = state.likelihoods.every((value) => value === highest);
  return isFlat ? undefined : gridRatios[state.likelihoods.indexOf(highest)];
}

/** How many more requests of both sides a decision takes, and which. */
export interface Needed {
  readonly requests: number;
  readonly towards: 'worse' | 'good';
}

/**
 * What is to be expected if the ratio seen so far is the true one, and share and rate stay. `undefined`: nothing can be
 * said, since there are no failures yet, or the ratio is so near to a limit that a decision would take too long.
 */
export function findNeeded(
  state: ComparisonState,
  settings: ComparisonSettings,
  alpha: number,
): Needed | undefined {
  const ratio = bestRatio(state, settings);
  const { share, canary, baseline } = state;
  const total = canary.total + baseline.total;
  if (settings.kind === 'mean' || ratio === undefined || share <= 0 || share >= 1 || total === 0) {
    return undefined;
  }
  const evidence = evidenceFor(state, settings);
  const eventsARequest = (canary.events + baseline.events) / total;
  const requestsTo = (index: number, reached: number): number =>
    Math.max(barOf(alpha) - reached, 0) / (gain(share, ratio, gridRatios[index] ?? 1) * eventsARequest);
  const tolerated = gridRatios[settings.tolerance] ?? 1;
  const worse = ratio > tolerated;
  const requests = worse
    ? requestsTo(settings.tolerance, evidence.above(settings.tolerance))
    : requestsTo(settings.margin, evidence.below(settings.margin));
  const isOpen = !worse && ratio >= (gridRatios[settings.margin] ?? 1);
  if (isOpen || !(requests < 1e9)) return undefined;
  return { requests: Math.ceil(requests), towards: worse ? 'worse' : 'good' };
}

/** What one event is expected to add to the evidence for `ratio` against `limit`. */
function gain(share: number, ratio: number, limit: number): number {
  const of = (value: number): number => (share * value) / (1 - share + share * value);
  const [seen, supposed] = [of(ratio), of(limit)];
  return seen * Math.log(seen / supposed) + (1 - seen) * Math.log((1 - seen) / (1 - supposed));
}
