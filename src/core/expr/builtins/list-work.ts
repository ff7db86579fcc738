import { ExprError } from '../expr-error.js';
import { toIndex } from '../run/operators.js';
import { Dictionary, isHashable } from '../values/dictionary.js';
import { isEqualValue } from '../values/equality.js';
import { formatValue } from '../values/format.js';
import { compareValues } from '../values/order.js';
import { describeValue } from '../values/type-of.js';
import { utf8 } from '../values/utf8.js';
import { type Value, isList, isMap } from '../values/value.js';

export function length(value: Value): bigint {
  if (isList(value)) return BigInt(value.length);
  if (typeof value === 'string') return BigInt(Array.from(value).length);
  if (value instanceof Dictionary) return BigInt(value.size);
  if (isMap(value)) return BigInt(Object.keys(value).length);
  throw new ExprError(`invalid argument for len (type ${describeValue(value)})`);
}

export function flatten(values: readonly Value[]): readonly Value[] {
  return values.flatMap((value) => (isList(value) ? flatten(value) : [value]));
}

export function unique(values: readonly Value[], step: () => void): readonly Value[] {
  const kept: Value[] = [];
  for (const value of values) {
    step();
    if (!kept.some((other) => isEqualValue(other, value))) kept.push(value);
  }
  return kept;
}

export function sort(values: readonly Value[], direction: number): readonly Value[] {
  return values.toSorted((a, b) => direction * compareValues(a, b, '<'));
}

export function get(holder: Value, key: Value): Value {
  if (isList(holder)) return holder.at(toIndex(key)) ?? null;
  if (isMap(holder) && typeof key === 'string')
    return Object.hasOwn(holder, key) ? (holder[key] ?? null) : null;
  if (isMap(holder)) {
    if (key === null) return null;
    throw new ExprError(`cannot use ${describeValue(key)} to get an element from a map`);
  }
  if (holder instanceof Dictionary) return isHashable(key) ? (holder.get(key) ?? null) : null;
  if (typeof holder !== 'string') return null;
  const byte = utf8(holder).at(toIndex(key));
  return byte === undefined ? null : BigInt(byte);
}

/** The first or last element; of what has none it is nil. */
export function end(list: Value, index: bigint): Value {
  return isMap(list) || list instanceof Dictionary ? null : get(list, index);
}

export function fromPairs(pairs: readonly Value[]): Value {
  const entries = pairs.map((pair): readonly [Value, Value] => {
    if (!isList(pair)) throw new ExprError(`invalid pair ${formatValue(pair)}`);
    const [key = null, value = null] = pair;
    if (pair.length !== 2) throw new ExprError(`invalid pair length ${formatValue(pair)}`);
    if (!isHashable(key)) throw new ExprError(`hash of unhashable type: ${describeValue(key)}`);
    return [key, value];
  });
  return new Dictionary(entries, null);
}
