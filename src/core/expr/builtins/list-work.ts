import { ExprError } from '../expr-error.js';
import type { Machine } from '../run/machine.js';
import { toIndex } from '../run/operators.js';
import { Dictionary, isHashable } from '../values/dictionary.js';
import { isEqualValue } from '../values/equality.js';
import { formatValue } from '../values/format.js';
import { sortByKeys } from '../values/sorting.js';
import { bytesOf, itemKindOf, typedList } from '../values/typed-list.js';
import { describeValue } from '../values/type-of.js';
import { utf8 } from '../values/utf8.js';
import { nilList, type Value } from '../values/value.js';
import { textAt } from './argument.js';
import { isList, isMap } from '../values/shape.js';

/** How many items, entries or characters a value has. Throws ExprError for what has none. */
export function length(value: Value): bigint {
  if (isList(value)) return BigInt(value.length);
  if (typeof value === 'string') return BigInt(Array.from(value).length);
  if (value instanceof Dictionary) return BigInt(value.size);
  if (isMap(value)) return BigInt(Object.keys(value).length);
  throw new ExprError(`invalid argument for len (type ${describeValue(value)})`);
}

/** The items of lists in lists, however deep. */
export function flatten(values: readonly Value[]): readonly Value[] {
  return values.flatMap((value) => (isList(value) ? flatten(value) : [value]));
}

/** The items that equal none before them; `step` is called for each. */
export function unique(values: readonly Value[], step: () => void): readonly Value[] {
  const kept: Value[] = [];
  for (const value of values) {
    step();
    if (!kept.some((other) => isEqualValue(other, value))) kept.push(value);
  }
  return kept;
}

/** Lists of texts, of numbers and of anything can be sorted; of others nothing is left. */
export function sort(values: Value, direction: number): readonly Value[] {
  const canBeSorted = isList(values) && ['any', 'int', 'float64', 'string'].includes(itemKindOf(values));
  return canBeSorted ? sortByKeys(values, values, direction) : nilList;
}

/** The texts of a list in one. Throws ExprError for a list that can hold no texts. */
export function join(list: readonly Value[], glue: string, machine: Machine): string {
  const kind = itemKindOf(list);
  if (kind !== 'any' && kind !== 'string')
    throw new ExprError(`invalid argument for join (type ${describeValue(list)})`);
  const texts = Array.from(list, (_, i) => textAt(list, i));
  machine.allocate(Math.ceil(texts.reduce((size, text) => size + text.length + glue.length, 0) / 16));
  return texts.join(glue);
}

/** Keys with their values. */
export function pairsOf(entries: readonly (readonly [Value, Value])[]): readonly Value[] {
  return typedList(
    'pairs',
    entries.map((pair) => typedList('pair', pair)),
  );
}

/** What stands at an index or under a key; nil when nothing does. */
export function get(holder: Value, key: Value): Value {
  if (isList(holder)) return holder.at(toIndex(key)) ?? null;
  if (isMap(holder) && typeof key === 'string')
    return Object.hasOwn(holder, key) ? (holder[key] ?? null) : null;
  if (isMap(holder)) {
    if (key === null) return Object.hasOwn(holder, '') ? (holder[''] ?? null) : null;
    throw new ExprError(`cannot use ${describeValue(key)} to get an element from a map`);
  }
  if (holder instanceof Dictionary) {
    if (!isHashable(key)) throw new ExprError(`hash of unhashable type: ${describeValue(key)}`);
    return holder.get(key) ?? null;
  }
  if (typeof holder !== 'string') return null;
  const byte = utf8(holder).at(toIndex(key));
  return byte === undefined ? null : (bytesOf([byte])[0] ?? null);
}

/** The first or last element; of what has none it is nil. */
export function end(list: Value, index: bigint): Value {
  return isMap(list) || list instanceof Dictionary ? null : get(list, index);
}

/** A map of keys with their values. Throws ExprError for what is no pair. */
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
