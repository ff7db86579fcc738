import { formatGoDuration } from '#core/time/duration.js';
import { gridRatios } from '../evidence/likelihood.js';
import { barOf, evidenceFor, type Look } from '../look.js';
import { bestRatio, findNeeded } from './needed.js';
import type { ComparisonKind } from '../settings.js';
import { formatState, type ComparisonState } from '../state.js';

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
  const needed = state.decided === undefined ? findNeeded(state, settings, alpha) : undefined;
  const sides =
    settings.kind === 'mean' ? {} : { canary: sideOf(state.canary), baseline: sideOf(state.baseline) };
  return {
    says: sentenceOf(state, look, intervalMs),
    ...(ratio === undefined ? {} : { ratio: plain(ratio) }),
    ratioLow: plain(gridRatios[state.possible.low] ?? 0),
    ratioHigh: plain(gridRatios[state.possible.high] ?? 0),
    evidenceWorse: evidence.above(settings.tolerance).toFixed(3),
    evidenceGood: evidence.below(settings.margin).toFixed(3),
    evidenceNeeded: barOf(alpha).toFixed(3),
    ...(needed === undefined ? {} : { requestsNeeded: String(needed.requests) }),
    ...sides,
    looks: String(state.looks),
    [stateKey]: formatState(state),
  };
}

/** The comparison in one sentence, for people. */
export function sentenceOf(state: ComparisonState, look: Look, intervalMs: number): string {
  const ratio = bestRatio(state, look.settings);
  const requests = state.canary.total + state.baseline.total;
  if (ratio === undefined) {
    const what = look.settings.kind === 'mean' ? 'no means' : 'nothing to tell the two apart';
    const seen = requests === 0 ? '' : ` in ${grouped(requests)} requests`;
    return `${what} seen yet${seen}`;
  }
  const { low, high } = state.possible;
  const between = `between ${short(gridRatios[low] ?? 0)} and ${short(gridRatios[high] ?? 0)}`;
  return `${ratioWords[look.settings.kind](short(ratio))} (${between}); ${outlook(state, look, intervalMs)}`;
}

const ratioWords: Readonly<Record<ComparisonKind, (ratio: string) => string>> = {
  errorRate: (ratio) => `canary fails ${ratio} times as often`,
  latencyOver: (ratio) => `canary is slow ${ratio} times as often`,
  mean: (ratio) => `canary has ${ratio} times the mean`,
};

function outlook(state: ComparisonState, { settings, alpha }: Look, intervalMs: number): string {
  const limits = {
    worse: short(gridRatios[settings.tolerance] ?? 1),
    good: short(gridRatios[settings.margin] ?? 1),
  };
  if (state.decided === 'worse') return `more than the ${limits.worse} that is tolerated`;
  if (state.decided === 'good') return `less than ${limits.good}, which is good enough`;
  const needed = findNeeded(state, settings, alpha);
  if (needed === undefined) return 'not decided';
  const perLook = (state.canary.total + state.baseline.total) / Math.max(state.looks, 1);
  const looks = Math.max(Math.ceil(needed.requests / perLook), 1);
  const time = formatGoDuration(looks * intervalMs);
  return `about ${grouped(needed.requests)} more requests, ${time} at this weight, to decide`;
}

function sideOf({ events, total }: ComparisonState['canary']): string {
  return `${grouped(events)} of ${grouped(total)}`;
}

function grouped(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function plain(value: number): string {
  return value.toFixed(4);
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}
