import type { Measurement } from '#api/argoproj/analysis-run.js';
import { parseInstant } from '#core/time/instant.js';
import type { MeasurementView, Outcome } from '../wire/gate.js';

/** One stored measurement as a point; `undefined` while it has not begun. */
export function measurementView(measurement: Measurement): MeasurementView | undefined {
  const at = parseInstant(measurement.finishedAt) ?? parseInstant(measurement.startedAt);
  if (at === undefined) return undefined;
  const text = measurement.value ?? '';
  const values = parseValues(text);
  const outcome = outcomeOf(measurement.phase, text, values);
  return {
    at,
    outcome,
    values: values.map((value) => (Number.isFinite(value) ? value : null)),
    text: text.slice(0, 400),
    message: (measurement.message ?? measurement.metadata?.['says'] ?? '').slice(0, 400),
  };
}

function outcomeOf(phase: string | undefined, text: string, values: readonly number[]): Outcome {
  if (phase === 'Error') return 'error';
  const isWithoutNumber = text !== '' && values.length > 0 && values.every((value) => Number.isNaN(value));
  if (isWithoutNumber || text === '[]') return 'nodata';
  switch (phase) {
    case 'Successful':
      return 'pass';
    case 'Failed':
      return 'fail';
    case 'Inconclusive':
      return 'undecided';
    default:
      return 'pending';
  }
}

/** The numbers in a stored value: `0.98`, `[0.98]`, `[1 2]`, `[NaN]`; none when it is something else. */
export function parseValues(text: string): readonly number[] {
  const inner = /^\[(.*)\]$/s.exec(text.trim())?.[1] ?? text.trim();
  if (inner === '') return [];
  const values = inner.split(/[\s,]+/).map(parseNumber);
  return values.every((value) => value !== undefined) ? values : [];
}

function parseNumber(text: string): number | undefined {
  if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) return Number(text);
  const special: Readonly<Record<string, number>> = {
    NaN: Number.NaN,
    '+Inf': Number.POSITIVE_INFINITY,
    Inf: Number.POSITIVE_INFINITY,
    '-Inf': Number.NEGATIVE_INFINITY,
  };
  return special[text];
}
