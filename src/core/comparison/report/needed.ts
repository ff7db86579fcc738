import { growDispersion, temper } from '../evidence/dispersion.js';
import { evidenceOf, type Evidence } from '../evidence/evidence.js';
import { addInterval, gridRatios } from '../evidence/likelihood.js';
import { signEvidence } from '../evidence/mean-signs.js';
import { decidedBy, dispersionFor, weightOf, type Look } from '../look.js';
import type { ComparisonState, Decided } from '../state.js';
import { bestIndex } from './ratio.js';

/** How much more a decision takes, and which it will be. */
export interface Needed {
  readonly looks: number;
  /** Requests of both sides; absent where means are compared. */
  readonly requests?: number;
  readonly towards: Decided;
}

/** Beyond this many times of what was seen so far nothing is promised. */
const farthest = 100_000;

/**
 * What is to be expected if what was seen so far goes on: same ratio, share and rate. `undefined`: nothing can be said,
 * since there are no failures yet, or more of the same decides nothing (the ratio lies between both limits, or clusters
 * differ so much that more of their requests do not help).
 */
export function findNeeded(
  state: ComparisonState,
  look: Pick<Look, 'settings' | 'alpha'>,
): Needed | undefined {
  const after = forecast(state, look);
  if (after === undefined) return undefined;
  const times = leastWhere((more) => after(more) !== undefined);
  const towards = times === undefined ? undefined : after(times);
  if (times === undefined || towards === undefined) return undefined;
  const looks = Math.ceil(state.looks * times);
  if (look.settings.kind === 'mean') return { looks, towards };
  const requests = (state.canary.total + state.baseline.total) * times;
  return { looks, requests: Math.ceil(requests), towards };
}

type Forecast = (times: number) => Decided | undefined;

/** What is decided once so many times what was seen so far has come in addition. */
function forecast(state: ComparisonState, look: Pick<Look, 'settings' | 'alpha'>): Forecast | undefined {
  const weight = weightOf(state, look.settings);
  const best = bestIndex(state, look.settings);
  if (best === undefined || state.looks === 0) return undefined;
  const evidenceAfter =
    look.settings.kind === 'mean' ? meansAfter(state) : countsAfter(state, look, gridRatios[best] ?? 1);
  return (times) => decidedBy(evidenceAfter(times), weight * (1 + times), look);
}

function meansAfter({ signs }: ComparisonState): (times: number) => Evidence {
  return (times) =>
    signEvidence(
      Object.fromEntries(Object.entries(signs).map(([place, count]) => [place, count * (1 + times)])),
    );
}

function countsAfter(
  state: ComparisonState,
  { settings }: Pick<Look, 'settings'>,
  ratio: number,
): (times: number) => Evidence {
  const { likelihoods, share, canary, baseline } = state;
  const events = canary.events + baseline.events;
  const part = (share * ratio) / (1 - share + share * ratio);
  const dispersion = dispersionFor(state, settings);
  return (times) => {
    const more = { share, canary: events * times * part, baseline: events * times * (1 - part) };
    const then = addInterval(likelihoods, more);
    return evidenceOf(dispersion === undefined ? then : temper(then, growDispersion(dispersion, 1 + times)));
  };
}

/** The least number for which it holds, to a hundredth of itself; it is supposed to hold from there on. */
function leastWhere(holds: (value: number) => boolean): number | undefined {
  let high = 0.001;
  while (!holds(high)) {
    high *= 2;
    if (high > farthest) return undefined;
  }
  let low = high / 2;
  while (high / low > 1.01) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
