import { gridRatios, indexAtOrBelow } from '../evidence/likelihood.js';
import { medianRatio } from '../evidence/mean-signs.js';
import type { ComparisonSettings } from '../settings.js';
import type { ComparisonState } from '../state.js';

/** The ratio that explains best what was seen; `undefined` while nothing was seen. */
export function bestRatio(state: ComparisonState, settings: ComparisonSettings): number | undefined {
  if (settings.kind === 'mean') return medianRatio(state.signs);
  const index = bestIndex(state, settings);
  return index === undefined ? undefined : gridRatios[index];
}

/** Its place on the grid. */
export function bestIndex(
  { likelihoods, signs }: ComparisonState,
  { kind }: ComparisonSettings,
): number | undefined {
  if (kind === 'mean') {
    const ratio = medianRatio(signs);
    return ratio === undefined ? undefined : indexAtOrBelow(ratio);
  }
  const highest = likelihoods.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const isFlat = likelihoods.every((value) => value === highest);
  return isFlat ? undefined : likelihoods.indexOf(highest);
}
