import { gridRatios } from '../evidence/likelihood.js';
import { barOf, dispersionFor, evidenceFor, type Look } from '../look.js';
import { formatState, type ComparisonState } from '../state.js';
import { findNeeded } from './needed.js';
import { bestRatio } from './ratio.js';
import { grouped, sentenceOf } from './words.js';

/** The key of the metadata under which the state is kept. */
export const stateKey = 'state';

/** What is stored with the measurement: the state, and what people and the page read. */
export function reportOf(
  state: ComparisonState,
  look: Look,
  intervalMs: number,
): Readonly<Record<string, string>> {
  const { settings, alpha } = look;
  const evidence = evidenceFor(state, settings);
  const ratio = bestRatio(state, settings);
  const needed = state.decided === undefined ? findNeeded(state, look) : undefined;
  const sides =
    settings.kind === 'mean' ? {} : { canary: sideOf(state.canary), baseline: sideOf(state.baseline) };
  return {
    says: sentenceOf(state, look, intervalMs),
    ...(ratio === undefined ? {} : { ratio: plain(ratio) }),
    ratioLow: plain(gridRatios[state.possible.low] ?? 0),
    ratioHigh: plain(gridRatios[state.possible.high] ?? 0),
    tolerance: plain(gridRatios[settings.tolerance] ?? 0),
    margin: plain(gridRatios[settings.margin] ?? 0),
    evidenceWorse: evidence.above(settings.tolerance).toFixed(3),
    evidenceGood: evidence.below(settings.margin).toFixed(3),
    evidenceNeeded: barOf(alpha).toFixed(3),
    ...(needed?.requests === undefined ? {} : { requestsNeeded: String(needed.requests) }),
    ...(needed === undefined ? {} : { looksNeeded: String(needed.looks) }),
    ...sides,
    ...dispersionReport(state, look),
    looks: String(state.looks),
    [stateKey]: formatState(state),
  };
}

function dispersionReport(state: ComparisonState, { settings }: Look): Readonly<Record<string, string>> {
  const dispersion = dispersionFor(state, settings);
  if (dispersion === undefined) return {};
  const { canary, baseline } = state.clusters;
  return {
    clusters: `${Object.keys(canary).length} and ${Object.keys(baseline).length}`,
    ...(dispersion.freedom === 0 ? {} : { dispersion: dispersion.factor.toFixed(2) }),
  };
}

function sideOf({ events, total }: ComparisonState['canary']): string {
  return `${grouped(events)} of ${grouped(total)}`;
}

function plain(value: number): string {
  return value.toFixed(4);
}
