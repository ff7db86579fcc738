import { isList, isMap } from '#core/expr/values/shape.js';
import { Dictionary } from '#core/expr/values/dictionary.js';
import { Moment, NamedInt, Place, SizedInt, Span } from '#core/expr/values/special.js';
import { readBytes } from '#core/expr/values/typed-list.js';
import type { Value } from '#core/expr/values/value.js';
import { formatMoment, formatValue } from '#core/expr/values/format.js';
import { FunctionValue } from '#core/expr/values/special.js';

/** The value with the kind of every part in front of it, as the oracle writes it. */
export function tagged(value: Value): unknown {
  if (readBytes(value) !== undefined) return `bytes:${formatValue(value)}`;
  if (isList(value)) return Array.from(value, (item: Value) => tagged(item));
  if (value instanceof Dictionary) return taggedDictionary(value);
  if (isMap(value)) {
    const entries = Object.entries<Value>(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, inner]) => [key, tagged(inner)]));
  }
  return value === null ? 'nil' : `${kindOf(value)}:${textOf(value)}`;
}

function taggedDictionary(dictionary: Dictionary): unknown {
  const entries = dictionary.entries();
  if (entries.every(([key]) => typeof key === 'string')) {
    const sorted = entries.map(([key, value]) => [
      String(tagged(key)).slice('string:'.length),
      tagged(value),
    ]);
    return Object.fromEntries(sorted.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
  }
  const pairs = entries.map(([key, value]) => [tagged(key), tagged(value)] as const);
  return { $map: pairs.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)) };
}

function kindOf(value: Value): string {
  if (value instanceof Moment) return 'time';
  if (value instanceof Span) return 'duration';
  if (value instanceof NamedInt) return value.kind;
  if (value instanceof SizedInt) return 'int';
  if (value instanceof Place) return 'location';
  if (value instanceof FunctionValue) return 'func';
  const kinds: Readonly<Record<string, string>> = { bigint: 'int', number: 'float', boolean: 'bool' };
  return kinds[typeof value] ?? typeof value;
}

function textOf(value: Value): string {
  if (value instanceof Moment) return formatMoment(value, '2006-01-02T15:04:05.999999999Z07:00 MST');
  return formatValue(value);
}

/** The environment of the oracle in the words of this implementation. */
export const oracleEnv: Readonly<Record<string, unknown>> = {
  n: 2.5,
  i: 7n,
  s: 'héllo',
  none: null,
  floats: new Float64Array([1, 2]),
  list: [1, 'a', null],
  obj: { a: 1, b: { c: 'x' }, list: [{ v: 1 }, { v: 3 }], t: true, empty: [], s: 'text', nothing: null },
  at: new Moment(BigInt(Date.UTC(2024, 1, 29, 13, 4, 5, 678)) * 1_000_000n),
  span: new Span(5_400_000_000_000n),
};
