import { parseGoFloat } from '#core/expr/values/go-float.js';
import { formatValue } from '#core/expr/values/format.js';
import { toValue } from '#core/expr/values/value.js';
import { isObject } from '#core/json/json.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { QueryFailure } from '../http/failure.js';
import { formatFixed } from '../http/fixed.js';
import { readJson } from '../http/json.js';

/** The values of the first target of a render answer, in order; points without a value are left out. Throws QueryFailure. */
export function readPoints(text: string): MetricOutcome {
  const answer = readJson(text);
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

/** `[value, seconds]`, both as numbers or as texts. */
function readPoint(point: unknown): readonly number[] {
  if (!Array.isArray(point) || point.length !== 2) {
    throw new QueryFailure(`error unmarshaling data point: ${print(point)}`);
  }
  const [given, time]: readonly unknown[] = point;
  checkTime(time, given);
  if (given === null) return [];
  if (typeof given === 'number') return [given];
  if (typeof given !== 'string') throw new QueryFailure(`error unmarshaling value: ${print(given)}`);
  const value = parseGoFloat(given);
  if (value !== undefined) return [value];
  throw new QueryFailure(`strconv.ParseFloat: parsing ${JSON.stringify(given)}: invalid syntax`);
}

/** It is not used, but a point without one is none. */
function checkTime(time: unknown, value: unknown): void {
  if (time === null || typeof time === 'number') return;
  if (typeof time !== 'string') throw new QueryFailure(`error unmarshaling timestamp: ${print(value)}`);
  if (!/^[+-]?\d+$/.test(time)) {
    throw new QueryFailure(`strconv.ParseInt: parsing ${JSON.stringify(time)}: invalid syntax`);
  }
}

/** As Go prints a value. */
function print(value: unknown): string {
  return formatValue(toValue(value));
}
