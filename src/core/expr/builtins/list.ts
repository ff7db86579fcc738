import { ExprError } from '../expr-error.js';
import { isIntType } from '../types/relations.js';
import {
  anyKeyMapOf,
  anyListType,
  anyType,
  declaredItem,
  declaredType,
  describeType,
  intType,
  stringType,
  unknownType,
  type ValueType,
} from '../types/value-type.js';
import { formatValue } from '../values/format.js';
import { numberUnder } from '../values/number-of.js';
import { SizedInt } from '../values/special.js';
import { partOf } from '../values/typed-list.js';
import { nilList, type Value } from '../values/value.js';
import { entriesAt, itemsAt, listAt, textAt } from './argument.js';
import type { Builtin } from './builtin.js';
import { end, flatten, fromPairs, get, join, length, pairsOf, sort, unique } from './list-work.js';
import { sortDirection } from './predicates.js';

const itemOf = ([list]: readonly ValueType[]): ValueType => declaredItem(list ?? unknownType);

const memberOf = ([holder]: readonly ValueType[]): ValueType =>
  holder?.kind === 'list' || holder?.kind === 'map' ? holder.item : unknownType;

function findKeyProblem([holder = unknownType, key = unknownType]: readonly ValueType[]): string | undefined {
  const isAny = key.kind === 'unknown' || (holder.kind === 'map' && holder.hasAnyKey === true);
  if (holder.kind !== 'list' && holder.kind !== 'map') return undefined;
  const fits = holder.kind === 'list' ? isIntType(key) : key.kind === 'string';
  if (isAny || fits) return undefined;
  return `cannot use ${describeType(key)} to get an element from ${describeType(holder)}`;
}

/** Why a list whose items are known to be of one kind is refused. */
function refuseItems(
  name: string,
  isFine: (item: ValueType) => boolean,
): (args: readonly ValueType[]) => string | undefined {
  return ([list = unknownType]) => {
    if (list.kind !== 'list' || isFine(declaredItem(list))) return undefined;
    return `cannot use ${describeType(list)} as argument to call ${name}`;
  };
}

/** The first items of a list. Bytes are no count. */
function take(list: readonly Value[], count: Value): readonly Value[] {
  const n = count instanceof SizedInt && count.kind === 'uint8' ? undefined : numberUnder(count);
  if (typeof n !== 'bigint' || n < 0n) throw new ExprError(`cannot take ${formatValue(count)} elements`);
  return partOf(list, 0, Number(n));
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
    params: ['list', 'count'],
    result: ([list = unknownType]) => declaredType(list),
    run: (args) => take(listAt(args, 0), args[1] ?? null),
  },
  reverse: {
    params: ['list'],
    result: anyListType,
    run: (args, machine) => {
      machine.allocate(listAt(args, 0).length);
      return listAt(args, 0).toReversed();
    },
  },
  uniq: {
    params: ['list'],
    result: anyListType,
    run: (args, machine) => unique(listAt(args, 0), () => machine.step()),
  },
  concat: {
    params: ['list'],
    variadic: true,
    result: anyListType,
    run: (args, machine) => {
      const all = args.flatMap((_, i) => [...listAt(args, i)]);
      machine.allocate(all.length);
      return all.length === 0 ? nilList : all;
    },
  },
  flatten: {
    params: ['list'],
    result: anyListType,
    run: (args, machine) => {
      const all = flatten(listAt(args, 0));
      machine.allocate(all.length);
      return all;
    },
  },
  sort: {
    params: ['list', 'string'],
    optional: 1,
    problem: refuseItems('sort', ({ kind }) => ['unknown', 'int', 'float', 'string'].includes(kind)),
    result: anyListType,
    run: ([list = null, order], machine) => {
      const direction = sortDirection(order);
      const sorted = sort(list, direction);
      machine.allocate(sorted.length);
      return sorted;
    },
  },
  join: {
    params: ['list', 'string'],
    optional: 1,
    problem: refuseItems('join', ({ kind }) => kind === 'unknown' || kind === 'string'),
    result: stringType,
    run: (args, machine) => join(listAt(args, 0), args[1] === undefined ? '' : textAt(args, 1), machine),
  },
  keys: {
    params: ['map'],
    result: anyListType,
    run: (args) => entriesAt(args, 0).map(([key]) => key),
  },
  values: {
    params: ['map'],
    result: anyListType,
    run: (args) => itemsAt(args, 0).map(([, value]) => value),
  },
  toPairs: {
    params: ['map'],
    result: anyListType,
    run: (args) => pairsOf(itemsAt(args, 0)),
  },
  fromPairs: {
    params: ['list'],
    result: anyKeyMapOf(anyType),
    run: (args) => fromPairs(listAt(args, 0)),
  },
};
