import type { Measurement } from '#api/argoproj/analysis-run.js';
import { gridRatios } from '#core/comparison/evidence/likelihood.js';
import { storedState } from '#core/comparison/going.js';
import { parseState } from '#core/comparison/state.js';
import type { ComparisonView } from '../wire/gate.js';

/**
 * What a comparison of canary and baseline came to, look by look; `null` for any other metric. The newest measurement that
 * holds a state knows of all looks, also of those whose measurements are not kept any more.
 */
export function comparisonView(measurements: readonly Measurement[]): ComparisonView | null {
  const newest = measurements.findLast((measurement) => storedState(measurement) !== undefined);
  const state = parseState((newest === undefined ? undefined : storedState(newest)) ?? '');
  if (newest === undefined || state === undefined) return null;
  const numberOf = (key: string, otherwise: number): number =>
    Number(newest.metadata?.[key] ?? otherwise) || otherwise;
  return {
    tolerance: numberOf('tolerance', 1),
    margin: numberOf('margin', 1),
    needed: numberOf('evidenceNeeded', 3),
    says: (newest.metadata?.['says'] ?? '').slice(0, 400),
    points: state.history.map(({ seconds, low, high, best, worse, good }) => ({
      at: state.startedAt + seconds * 1000,
      low: gridRatios[low] ?? 0,
      high: gridRatios[high] ?? 0,
      ratio: best === undefined ? null : (gridRatios[best] ?? null),
      worse,
      good,
    })),
  };
}
