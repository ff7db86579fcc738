import type { Builtin } from '../builtin.js';
import { ExprError } from '../expr-error.js';
import { toIndex } from '../operators.js';
import { sortDirection } from '../predicates.js';
import { utf8 } from '../string-literal.js';
import {
  compareValues,
  describeValue,
  Dictionary,
  formatValue,
  isEqualValue,
  isHashable,
  isList,
  isMap,
  nilList,
  type Value,
} from '../value.js';
import {
  anyKeyMapOf,
  describeType,
  intType,
  listOf,
  stringType,
  unknownType,
  type ValueType,
} from '../value-type.js';
import { entriesAt, intAt, listAt, textAt } from './argument.js';

const itemOf = ([list]: readonly ValueType[]): ValueType =>
  list?.kind === 'list' && list.isLoose !== true && list.isBytes !== true ? list.item : unknownType;
const sameList = (args: readonly ValueType[]): ValueType => listOf(itemOf(args));
const memberOf = ([holder]: readonly ValueType[]): ValueType =>
  holder?.kind === 'list' || holder?.kind === 'map' ? holder.item : unknownType;

function length(value: Value): bigint {
  if (isList(value)) return BigInt(value.length);
  if (typeof value === 'string') return BigInt(Array.from(value).length);
  if (value instanceof Dictionary) return BigInt(value.size);
  if (isMap(value)) return BigInt(Object.keys(value).length);
  throw new ExprError(`invalid argument for len (type ${describeValue(value)})`);
}

function flatten(values: readonly Value[]): readonly Value[] {
  return values.flatMap((value) => (isList(value) ? flatten(value) : [value]));
}

function unique(values: readonly Value[], step: () => void): readonly Value[] {
  const kept: Value[] = [];
  for (const value of values) {
    step();
    if (!kept.some((other) => isEqualValue(other, value))) kept.push(value);
  }
  return kept;
}

function sort(values: readonly Value[], direction: number): readonly Value[] {
  return values.toSorted((a, b) => direction * compareValues(a, b, '<'));
}

function get(holder: Value, key: Value): Value {
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
function end(list: Value, index: bigint): Value {
  return isMap(list) || list instanceof Dictionary ? null : get(list, index);
}

function findKeyProblem([holder, key]: readonly ValueType[]): string | undefined {
  const hasTextKey = holder?.kind === 'map' && holder.hasAnyKey !== true;
  const wanted = holder?.kind === 'list' ? 'int' : hasTextKey ? 'string' : undefined;
  if (wanted === undefined || key === undefined || key.kind === wanted || key.kind === 'unknown')
    return undefined;
  return `cannot use ${describeType(key)} to get an element from ${describeType(holder ?? unknownType)}`;
}

/** A list whose items are known to be no texts cannot be joined. */
function findItemProblem(args: readonly ValueType[]): string | undefined {
  const [list] = args;
  const item = list?.kind === 'list' && list.isBytes === true ? list.item : itemOf(args);
  if (list === undefined || item.kind === 'unknown' || item.kind === 'string') return undefined;
  return `cannot use ${describeType(list)} as argument (type []string) to call join`;
}

function fromPairs(pairs: readonly Value[]): Value {
  const entries = pairs.map((pair): readonly [Value, Value] => {
    if (!isList(pair)) throw new ExprError(`invalid pair ${formatValue(pair)}`);
    const [key = null, value = null] = pair;
    if (pair.length !== 2) throw new ExprError(`invalid pair length ${formatValue(pair)}`);
    if (!isHashable(key)) throw new ExprError(`hash of unhashable type: ${describeValue(key)}`);
    return [key, value];
  });
  return new Dictionary(entries, null);
}

/** Functions over lists and maps. */
export const listBuiltins: Readonly<Record<string, Builtin>> = {
  len: {
    params: ['sized'],
    result: intType,
    run: ([value]) => length(value ?? null),
  },
  first: { params: ['list'], result: itemOf, run: ([list]) => end(list ?? null, 0n) },
  last: { params: ['list'], result: itemOf, run: ([list]) => end(list ?? null, -1n) },
  get: {
    params: ['indexable', 'any'],
    problem: findKeyProblem,
    result: memberOf,
    run: ([holder, key]) => get(holder ?? null, key ?? null),
  },
  take: {
    params: ['list', 'int'],
    result: sameList,
    run: (args) => {
      const n = Number(intAt(args, 1));
      if (n < 0) throw new ExprError(`cannot take ${n} elements`);
      return listAt(args, 0).slice(0, n);
    },
  },
  reverse: {
    params: ['list'],
    result: listOf(unknownType),
    run: (args, machine) => {
      machine.allocate(listAt(args, 0).length);
      return listAt(args, 0).toReversed();
    },
  },
  uniq: {
    params: ['list'],
    result: listOf(unknownType),
    run: (args, machine) => unique(listAt(args, 0), () => machine.step()),
  },
  concat: {
    params: ['list'],
    variadic: true,
    result: listOf(unknownType),
    run: (args, machine) => {
      const all = args.flatMap((_, i) => listAt(args, i));
      machine.allocate(all.length);
      return all;
    },
  },
  flatten: {
    params: ['list'],
    result: listOf(unknownType),
    run: (args, machine) => {
      const all = flatten(listAt(args, 0));
      machine.allocate(all.length);
      return all;
    },
  },
  sort: {
    params: ['list', 'string'],
    optional: 1,
    problem: ([list]) =>
      list?.kind === 'list' && list.isBytes === true
        ? 'cannot use []uint8 as argument to call sort'
        : undefined,
    result: listOf(unknownType),
    run: ([list = null, order], machine) => {
      const direction = sortDirection(order);
      if (!isList(list)) return nilList;
      machine.allocate(list.length);
      return sort(list, direction);
    },
  },
  join: {
    params: ['list', 'string'],
    optional: 1,
    problem: findItemProblem,
    result: stringType,
    run: (args, machine) => {
      const parts = listAt(args, 0).map((_, i, list) => textAt(list, i));
      const text = parts.join(args[1] === undefined ? '' : textAt(args, 1));
      machine.allocate(Math.ceil(text.length / 16));
      return text;
    },
  },
  keys: {
    params: ['map'],
    result: listOf(unknownType),
    run: (args) => entriesAt(args, 0).map(([key]) => key),
  },
  values: {
    params: ['map'],
    result: listOf(unknownType),
    run: (args) => entriesAt(args, 0).map(([, value]) => value),
  },
  toPairs: {
    params: ['map'],
    result: listOf(unknownType),
    run: (args) => entriesAt(args, 0).map(([key, value]) => [key, value]),
  },
  fromPairs: {
    params: ['list'],
    result: anyKeyMapOf(unknownType),
    run: (args) => fromPairs(listAt(args, 0)),
  },
};
