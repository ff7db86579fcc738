import { ExprError } from '../expr-error.js';
import {
  type ValueType,
  anyKeyMapOf,
  describeType,
  intType,
  listOf,
  stringType,
  unknownType,
} from '../types/value-type.js';
import { isList, nilList } from '../values/value.js';
import { entriesAt, intAt, listAt, textAt } from './argument.js';
import type { Builtin } from './builtin.js';
import { end, flatten, fromPairs, get, length, sort, unique } from './list-work.js';
import { sortDirection } from './predicates.js';

const itemOf = ([list]: readonly ValueType[]): ValueType =>
  list?.kind === 'list' && list.isLoose !== true && list.isBytes !== true ? list.item : unknownType;

const sameList = (args: readonly ValueType[]): ValueType => listOf(itemOf(args));

const memberOf = ([holder]: readonly ValueType[]): ValueType =>
  holder?.kind === 'list' || holder?.kind === 'map' ? holder.item : unknownType;

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
