import { formatPlainFloat } from '#core/expr/values/go-float.js';
import { isObject } from '#core/json/json.js';
import { numberAt, objectAt } from '#core/json/read.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { QueryFailure } from '../http/failure.js';
import { findByJsonPath, type JsonPath } from '../web/json-path/json-path.js';
import { toGoJson } from '../web/json-text.js';

const specials: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Infinity,
  '-Infinity': -Infinity,
};

/**
 * What the path finds in the answer of a search: one match as it is, several as a list, of floats when all are numbers. An
 * answer of which a part is missing is no answer: judging it would judge some of the documents only. Throws QueryFailure.
 */
export function readSearch(path: JsonPath, answer: unknown): MetricOutcome {
  if (!isObject(answer) || !isObject(answer['_shards']))
    throw new QueryFailure('the answer is not that of a search');
  if (answer['timed_out'] === true) throw new QueryFailure('the search timed out: its answer is not whole');
  const shards = objectAt(answer, '_shards');
  const failed = numberAt(shards, 'failed') ?? 0;
  if (failed > 0) {
    throw new QueryFailure(
      `${failed} of ${numberAt(shards, 'total') ?? '?'} shards failed: the answer is not whole`,
    );
  }
  const matches = find(path, answer).map(readValue);
  const [first] = matches;
  if (matches.length === 0) throw new QueryFailure('the JSONPath finds no value in the answer');
  if (matches.length === 1) return { kind: 'value', result: first, value: print(first) };
  const result = matches.every((match) => typeof match === 'number') ? Float64Array.from(matches) : matches;
  return { kind: 'value', result, value: `[${matches.map(print).join(',')}]` };
}

function find(path: JsonPath, answer: unknown): readonly unknown[] {
  try {
    return findByJsonPath(path, answer).flat();
  } catch (thrown) {
    if (!(thrown instanceof QueryFailure)) throw thrown;
    throw new QueryFailure(`the JSONPath finds no value in the answer: ${thrown.message}`);
  }
}

/** Numbers that JSON has no word for come as texts. */
function readValue(value: unknown): unknown {
  return typeof value === 'string' && Object.hasOwn(specials, value) ? specials[value] : value;
}

function print(value: unknown): string {
  return typeof value === 'number' ? formatPlainFloat(value) : toGoJson(value);
}
