import { formatPlainFloat } from '#core/expr/values/go-float.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { QueryFailure } from '../http/failure.js';
import type { HttpAnswer } from '../http/call.js';
import { readJson } from '../http/json.js';
import { toGoJson } from '../web/json-text.js';
import { groupsMetadata, type GroupedValue } from './groups.js';

/** What Datadog said, as an outcome. Throws QueryFailure for whatever is no answer. */
export function readAnswer(version: 'v1' | 'v2', { status, text }: HttpAnswer): MetricOutcome {
  if (status === 401 || status === 403) {
    throw new QueryFailure(`received authentication error response code: ${status} ${text}`);
  }
  if (status !== 200) throw new QueryFailure(`received non 2xx response code: ${status} ${text}`);
  const body = bodyOf(text);
  return version === 'v1' ? readSeries(body) : readScalar(body);
}

function bodyOf(text: string): JsonObject {
  const refuse = (why: string): never => {
    throw new QueryFailure(`Could not parse JSON body: ${why}`);
  };
  try {
    const body = readJson(text) ?? {};
    return isObject(body) ? body : refuse('it is no object');
  } catch (thrown) {
    if (thrown instanceof QueryFailure && !thrown.message.startsWith('Could not')) refuse(thrown.message);
    throw thrown;
  }
}

/** v1: the last point of the first series. */
function readSeries(body: JsonObject): MetricOutcome {
  const series = objectsAt(body, 'series');
  const [first] = series;
  const points: unknown = first?.['pointlist'] ?? [];
  if (first === undefined || !Array.isArray(points) || points.length === 0) {
    const bare = series.map(({ pointlist = null }) => ({ pointlist }));
    return { kind: 'value', result: null, value: toGoJson(Array.isArray(body['series']) ? bare : null) };
  }
  const point: unknown = points.at(-1);
  const value: unknown = Array.isArray(point) && point.length === 2 ? point[1] : undefined;
  if (typeof value !== 'number') throw new QueryFailure('Datapoint does not have 2 values');
  return { kind: 'value', result: value, value: formatPlainFloat(value) };
}

/** v2: the first number, or with groups every number that is there. */
function readScalar(body: JsonObject): MetricOutcome {
  const data = objectAt(body, 'data');
  const errors = textAt(data, 'errors') ?? '';
  if (errors !== '') throw new QueryFailure(`There were errors in your query: ${errors}`);
  const columns = objectsAt(objectAt(data, 'attributes'), 'columns');
  const groups = columns.filter((column) => textAt(column, 'type') === 'group');
  const numbers = columns.find((column) => ['number', ''].includes(textAt(column, 'type') ?? ''));
  const values = numbers === undefined ? [] : rowsOf(numbers, groups);
  const [first] = values;
  if (first === undefined) return { kind: 'value', result: null, value: '[]' };
  if (groups.length === 0) {
    return { kind: 'value', result: first.value, value: formatPlainFloat(first.value) };
  }
  return {
    kind: 'value',
    result: Float64Array.from(values.map(({ value }) => value)),
    value: `[${values.map(({ value }) => formatPlainFloat(value)).join(',')}]`,
    metadata: groupsMetadata(values),
  };
}

function rowsOf(numbers: JsonObject, groups: readonly JsonObject[]): readonly GroupedValue[] {
  return listOf(numbers['values']).flatMap((value, i): readonly GroupedValue[] => {
    if (value === null) return [];
    if (typeof value !== 'number') {
      const column = JSON.stringify(textAt(numbers, 'name') ?? '');
      const text = JSON.stringify(JSON.stringify(value));
      throw new QueryFailure(`could not parse numeric value ${text} in column ${column}: it is no number`);
    }
    return [{ name: labelAt(groups, i), value }];
  });
}

function labelAt(groups: readonly JsonObject[], i: number): string {
  const tags = groups.flatMap((column): readonly unknown[] => {
    const row = listOf(listOf(column['values'])[i]);
    return row.length === 0 ? [undefined] : row;
  });
  if (!tags.every((tag) => typeof tag === 'string')) {
    throw new QueryFailure(`could not parse group label at index ${i}`);
  }
  return tags.join(',');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
