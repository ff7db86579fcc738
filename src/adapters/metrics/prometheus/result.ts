import { formatPlainFloat, parseGoFloat } from '#core/expr/values/go-float.js';
import { isObject } from '#core/json/json.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { QueryFailure } from '../http/failure.js';
import type { RawAnswer } from './driver.js';

/** The value that conditions see and the text that is stored: a float, or a list of floats without labels. */
export function readResult({ resultType, result, warnings }: RawAnswer): MetricOutcome {
  const metadata =
    warnings.length === 0
      ? {}
      : { metadata: { warnings: warnings.map((warning) => `"${warning}"`).join(', ') } };
  switch (resultType) {
    case 'scalar': {
      const value = readSample(result);
      return { kind: 'value', result: value, value: formatPlainFloat(value), ...metadata };
    }
    case 'vector':
      return { ...listOutcome(itemsOf(result).map((series) => readSample(series['value']))), ...metadata };
    case 'matrix':
      return {
        ...listOutcome(itemsOf(result).flatMap((series) => readSamples(series['values']))),
        ...metadata,
      };
    default:
      throw new QueryFailure('Prometheus metric type not supported');
  }
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
  const text: unknown = Array.isArray(sample) ? sample[1] : undefined;
  const value = typeof text === 'string' ? parseGoFloat(text) : undefined;
  if (value === undefined) throw new QueryFailure(`bad_response: ${JSON.stringify(sample)} is no sample`);
  return value;
}
