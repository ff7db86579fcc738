import { formatGoDuration } from '#core/time/duration.js';
import { gridRatios } from '../evidence/likelihood.js';
import { dispersionFor, type Look } from '../look.js';
import type { ComparisonKind, ComparisonSettings } from '../settings.js';
import type { ComparisonState } from '../state.js';
import { findNeeded } from './needed.js';
import { bestRatio } from './ratio.js';

/** The comparison in one sentence, for people. */
export function sentenceOf(state: ComparisonState, look: Look, intervalMs: number): string {
  const ratio = bestRatio(state, look.settings);
  if (ratio === undefined) return nothingYet(state, look.settings);
  const words = `${ratioWords(look.settings.kind, ratio)}, ${betweenWords(state)}`;
  return `${words}; ${outlook(state, look, intervalMs)}`;
}

function nothingYet({ canary, baseline, missing }: ComparisonState, { kind }: ComparisonSettings): string {
  const requests = canary.total + baseline.total;
  if (missing !== undefined && requests === 0)
    return `nothing to compare yet: the ${missing} has no requests`;
  const what = kind === 'mean' ? 'no means' : 'nothing to tell the two apart';
  return `${what} seen yet${requests === 0 ? '' : ` in ${grouped(requests)} requests`}`;
}

function ratioWords(kind: ComparisonKind, ratio: number): string {
  const { equal, times } = kindWords[kind];
  return short(ratio) === '1'
    ? `canary ${equal} as the baseline`
    : `canary ${times(`${short(ratio)} times`)}${beyond(ratio)}`;
}

const kindWords: Readonly<Record<ComparisonKind, { equal: string; times: (many: string) => string }>> = {
  errorRate: { equal: 'fails as often', times: (many) => `fails ${many} as often` },
  latencyOver: { equal: 'is slow as often', times: (many) => `is slow ${many} as often` },
  mean: { equal: 'has the same mean', times: (many) => `has ${many} the mean` },
};

const lowest = gridRatios[0] ?? 0;
const highest = gridRatios.at(-1) ?? 0;

/** The ends of the grid stand for everything beyond. */
function beyond(ratio: number): string {
  if (ratio >= highest) return ' or more';
  return ratio <= lowest ? ' or less' : '';
}

function betweenWords({ possible }: ComparisonState): string {
  const [low, high] = [gridRatios[possible.low] ?? lowest, gridRatios[possible.high] ?? highest];
  return `between ${short(low)}${beyond(low)} and ${short(high)}${beyond(high)}`;
}

function outlook(state: ComparisonState, look: Look, intervalMs: number): string {
  const { settings } = look;
  if (state.decided === 'worse') {
    return `more than the ${limit(settings.tolerance)} that is tolerated`;
  }
  if (state.decided === 'good') {
    return `less than ${limit(settings.margin)}, which is good enough`;
  }
  if (dispersionFor(state, settings)?.freedom === 0) {
    return `not decided: ${settings.clusterBy ?? 'cluster'}s can only be told apart where a side has several`;
  }
  const needed = findNeeded(state, look);
  if (needed === undefined) return 'not decided';
  const time = formatGoDuration(Math.max(needed.looks, 1) * intervalMs).replace(/(?<=[hm])0s$/, '');
  if (needed.requests === undefined) return `about ${time} more to decide`;
  return `about ${grouped(Number(needed.requests.toPrecision(2)))} more requests, ${time} at this weight, to decide`;
}

/** A whole number with commas between thousands. */
export function grouped(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Limits are told more exactly: they are not quite what was asked for, but the next ratio of the grid. */
function limit(index: number): string {
  return String(Number((gridRatios[index] ?? 1).toPrecision(3)));
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}
