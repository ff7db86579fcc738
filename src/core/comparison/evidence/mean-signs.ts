import { evidenceOf, type Evidence } from './evidence.js';
import { addInterval, gridRatios, indexAtOrBelow, noLikelihoods } from './likelihood.js';

/** How many intervals had which ratio of means: by `2 i` for ratio i of the grid, `2 i + 1` for between it and the next. */
export type SignCounts = Readonly<Record<string, number>>;

const equal = (gridRatios.length - 1) / 2;

/** The counts with one interval more. Both means must be above 0. */
export function addMeans(before: SignCounts, canary: number, baseline: number): SignCounts {
  const ratio = canary / baseline;
  const key = String(placeOf(ratio));
  return { ...before, [key]: (before[key] ?? 0) + 1 };
}

function placeOf(ratio: number): number {
  const index = indexAtOrBelow(ratio);
  const at = gridRatios[index] ?? 1;
  if (Math.abs(ratio / at - 1) < 1e-9) return 2 * index;
  return ratio < at ? -1 : 2 * index + 1;
}

/**
 * The evidence about the median over the intervals of the ratio of both means: had the canary no higher ratio than r, it
 * would be above r in at most every second interval. Nothing is supposed about how values are distributed.
 */
export function signEvidence(counts: SignCounts): Evidence {
  const places = Object.entries(counts).map(([place, count]) => ({ place: Number(place), count }));
  const countOf = (isMeant: (place: number) => boolean): number =>
    places.reduce((sum, { place, count }) => sum + (isMeant(place) ? count : 0), 0);
  const all = countOf(() => true);
  const known = new Map<number, number>();
  // Many ratios of the grid have the same number of intervals on one side.
  const thatMostAre = (count: number): number => {
    const evidence = known.get(count) ?? evidenceThatMostAre(count, all);
    known.set(count, evidence);
    return evidence;
  };
  return {
    above: (index) => thatMostAre(countOf((place) => place > 2 * index)),
    below: (index) => thatMostAre(countOf((place) => place < 2 * index)),
  };
}

/** The evidence that more than every second interval is of a kind that `count` of them are. */
function evidenceThatMostAre(count: number, all: number): number {
  const tosses = { share: 0.5, canary: count, baseline: all - count };
  return evidenceOf(addInterval(noLikelihoods, tosses)).above(equal);
}

/** The ratio that half of the intervals were below, to a step of the grid; `undefined` before there is one. */
export function medianRatio(counts: SignCounts): number | undefined {
  const places = Object.keys(counts)
    .map(Number)
    .toSorted((a, b) => a - b);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const place of places) {
    seen += counts[String(place)] ?? 0;
    if (seen * 2 >= all) return 10 ** ((place / 2 - equal) / equal);
  }
  return undefined;
}
