import { parseGoFloat } from '#core/expr/values/go-float.js';
import { isObject } from '#core/json/json.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { QueryFailure } from '../http/failure.js';
import { formatFixed } from '../http/fixed.js';
import { readJson } from '../http/json.js';

/** The values of the first target of a render answer, in order; points without a value are left out. Throws QueryFailure. */
export function readPoints(text: string): MetricOutcome {
  const answer = readJson(text.replace(/(?<=[[,]\s*)(-?)(Infinity|NaN)(?=\s*[,\]])/g, '"$1$2"'));
  if (!Array.isArray(answer) && answer !== null) throw new QueryFailure('the answer is no list of targets');
  const first: unknown = answer?.[0];
  const points: unknown = isObject(first) ? (first['datapoints'] ?? []) : [];
  if (!Array.isArray(points)) throw new QueryFailure('the data points of the target are no list');
  if (points.length === 0) throw new QueryFailure('no values found');
  const values = points.flatMap(readPoint);
  return {
    kind: 'value',
    result: Float64Array.from(values),
    value: `[${values.map((value) => formatFixed(value, 6)).join(',')}]`,
    keepsValue: true,
  };
}

/** `[value, seconds]`. */
function readPoint(point: unknown): readonly number[] {
  if (!Array.isArray(point) || point.length !== 2) {
    throw new QueryFailure(`error unmarshaling data point: ${JSON.stringify(point)}`);
  }
  const given: unknown = point[0];
  if (given === null) return [];
  const value = typeof given === 'string' ? parseGoFloat(given) : given;
  if (typeof value === 'number') return [value];
  throw new QueryFailure(`error unmarshaling value: ${JSON.stringify(given)}`);
}
