import { formatPlainFloat, parseGoFloat } from '#core/expr/values/go-float.js';
import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { QueryFailure } from '../http/failure.js';
import type { RawAnswer } from './ask.js';

/** The value that conditions see and the text that is stored: a float, or a list of floats without labels unless split by them. */
export function readResult(
  { resultType, result, warnings }: RawAnswer,
  splitBy: readonly string[] = [],
): MetricOutcome {
  const metadata =
    warnings.length === 0
      ? {}
      : { metadata: { warnings: warnings.map((warning) => `"${warning}"`).join(', ') } };
  switch (resultType) {
    case 'scalar': {
      const value = readSample(result);
      return { kind: 'value', result: value, value: formatPlainFloat(value), ...metadata };
    }
    case 'vector': {
      const list = listOutcome(itemsOf(result).map((series) => readSample(series['value'])));
      return { ...list, ...splitResult(itemsOf(result), splitBy), ...metadata };
    }
    case 'matrix':
      return {
        ...listOutcome(itemsOf(result).flatMap((series) => readSamples(series['values']))),
        ...metadata,
      };
    default:
      throw new QueryFailure('Prometheus metric type not supported');
  }
}

/** The samples by their labels; series that have the same are added up. */
function splitResult(
  series: readonly Readonly<Record<string, unknown>>[],
  labels: readonly string[],
): { readonly result?: unknown } {
  const [first, ...rest] = labels;
  if (first === undefined || !series.some(({ metric }) => isObject(metric) && first in metric)) return {};
  const groups = new Map<string, Readonly<Record<string, unknown>>[]>();
  for (const one of series) {
    const name = isObject(one['metric']) ? (textAt(one['metric'], first) ?? '') : '';
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const parts = [...groups].map(([name, group]) => {
    const sum = group.reduce((total, one) => total + readSample(one['value']), 0);
    return [name, splitResult(group, rest).result ?? sum] as const;
  });
  return { result: Object.fromEntries(parts) };
}

function listOutcome(values: readonly number[]): MetricOutcome {
  return {
    kind: 'value',
    result: Float64Array.from(values),
    value: `[${values.map(formatPlainFloat).join(',')}]`,
  };
}

function itemsOf(result: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(result) && result.every(isObject)) return result;
  throw new QueryFailure('bad_response: the result is no list of series');
}

function readSamples(values: unknown): readonly number[] {
  if (!Array.isArray(values)) throw new QueryFailure('bad_response: a series without values');
  return values.map(readSample);
}

/** `[time, "value"]`; the value is read as Go reads it, so that infinities and NaN stay what they are. */
function readSample(sample: unknown): number {
  if (sample === undefined) throw new QueryFailure('native histograms are not supported');
  const text: unknown = Array.isArray(sample) ? sample[1] : undefined;
  const value = typeof text === 'string' ? parseGoFloat(text) : undefined;
  if (value === undefined) throw new QueryFailure(`bad_response: ${JSON.stringify(sample)} is no sample`);
  return value;
}
