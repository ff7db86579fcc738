import { takeLook } from '#core/comparison/look.js';
import { findNeeded, type Needed } from '#core/comparison/report/needed.js';
import { readSettings, type ComparisonSettings } from '#core/comparison/settings.js';
import { beginComparison, type ComparisonState } from '#core/comparison/state.js';
import { addMs, instantOf } from '#core/time/instant.js';
import { poisson, randomOfRun } from '#test/fakes/seeded.js';

/** A canary that fails so many times as often; the forecast is asked for after some looks. */
export interface ForecastWorld {
  readonly name: string;
  readonly ratio: number;
  readonly askedAfter: number;
}

/** How a forecast came true: looks that it took over looks foretold, and whether it was decided as foretold. */
interface Kept {
  readonly times: number;
  readonly isRight: boolean;
}

const start = instantOf(Date.UTC(2026, 0, 1));
const mostLooks = 400;
const side = { web: { url: 'http://nobody' } };

/** Plays one run; `undefined` when it was decided before anybody asked, or not at all. */
function playForecast({ ratio, askedAfter }: ForecastWorld, run: number): Kept | undefined {
  const random = randomOfRun(run);
  const look = { settings: settingsOf(), alpha: 0.05 };
  let state: ComparisonState = beginComparison(start);
  let needed: Needed | undefined;
  for (let number = 1; number <= mostLooks; number += 1) {
    const canary = { events: poisson(2 * ratio, random), total: 2000 };
    const baseline = { events: poisson(8, random), total: 8000 };
    const now = addMs(start, number * 60_000);
    state = takeLook(state, { kind: 'counts', canary, baseline }, { ...look, now });
    if (state.decided !== undefined) {
      if (needed === undefined) return undefined;
      return { times: (number - askedAfter) / needed.looks, isRight: needed.towards === state.decided };
    }
    if (number === askedAfter) needed = findNeeded(state, look);
  }
  return undefined;
}

function settingsOf(): ComparisonSettings {
  const read = readSettings({ kind: 'errorRate', tolerance: 1, canary: side, baseline: side });
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

/** The tenth, the half and nine tenths of the runs took at most so many times what was foretold; and how many ended so. */
export function forecastCells(world: ForecastWorld, runs: number): readonly string[] {
  const kept = Array.from({ length: runs }, (_, run) => playForecast(world, run)).filter(
    (one) => one !== undefined,
  );
  const times = kept.map((one) => one.times).toSorted((a, b) => a - b);
  const at = (part: number): string => (times[Math.floor(times.length * part)] ?? Number.NaN).toFixed(1);
  const right = kept.filter(({ isRight }) => isRight).length;
  return [at(0.1), at(0.5), at(0.9), `${((100 * right) / Math.max(kept.length, 1)).toFixed(1)} %`];
}
