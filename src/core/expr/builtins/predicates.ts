import { ExprError } from '../expr-error.js';
import type { Machine } from '../run/machine.js';
import { operators } from '../run/operators.js';
import {
  type ValueType,
  anyKeyMapOf,
  anyListType,
  boolType,
  declaredType,
  intType,
  looseListOf,
  unknownType,
} from '../types/value-type.js';
import { Dictionary, isHashable } from '../values/dictionary.js';
import { sortByKeys } from '../values/sorting.js';
import { describeValue } from '../values/type-of.js';
import { type Value, nilList } from '../values/value.js';

/** Runs the predicate for one item. */
export type Apply = (item: Value, index: number, acc?: Value) => Value;

/** What a call with a predicate has besides its list and its predicate. */
interface PredicateCall {
  readonly machine: Machine;
  /** The arguments that follow the predicate. */
  readonly extra: readonly Value[];
  /** What is made of an item that was found. */
  readonly change: (item: Value, index: number) => Value;
  /** Finding nothing is a failure. */
  readonly mustFind: boolean;
  /** Counting may end here. */
  readonly enough: bigint | undefined;
}

/** A function whose second argument is a predicate. */
export interface PredicateRule {
  readonly wantsBool: boolean;
  readonly hasIndex: boolean;
  readonly hasAcc: boolean;
  readonly predicateOptional: boolean;
  /** How many arguments may follow the predicate. */
  readonly extra: number;
  /**
   * @param list - the type of the first argument.
   * @param outcome - that of the predicate, or of an item when there is none.
   */
  result(list: ValueType, outcome: ValueType): ValueType;
  run(list: readonly Value[], apply: Apply, call: PredicateCall): Value;
}

const base = {
  wantsBool: true,
  hasIndex: false,
  hasAcc: false,
  predicateOptional: false,
  extra: 0,
  result: () => boolType,
};

/** What the items of a list are. */
export function itemOf(list: ValueType): ValueType {
  return list.kind === 'list' ? list.item : unknownType;
}

const finding = { ...base, result: itemOf };

const index = { ...base, result: () => intType };

const rules: Readonly<Record<string, PredicateRule>> = {
  all: { ...base, run: (list, apply) => list.every((item, i) => truth(apply(item, i))) },
  any: { ...base, run: (list, apply) => list.some((item, i) => truth(apply(item, i))) },
  none: { ...base, run: (list, apply) => !list.some((item, i) => truth(apply(item, i))) },
  one: { ...base, run: (list, apply) => list.filter((item, i) => truth(apply(item, i))).length === 1 },
  filter: {
    ...base,
    result: (list) => (list.kind === 'unknown' ? anyListType : looseListOf(itemOf(list))),
    run: filter,
  },
  map: {
    ...base,
    wantsBool: false,
    hasIndex: true,
    result: (_, outcome) => looseListOf(outcome),
    run: (list, apply, { machine }) =>
      kept(
        Array.from(list, (item, i) => apply(item, i)),
        machine,
      ),
  },
  find: {
    ...finding,
    run: (list, apply, call) =>
      pickFound(
        list,
        call,
        list.findIndex((item, i) => truth(apply(item, i))),
      ),
  },
  findLast: {
    ...finding,
    run: (list, apply, call) =>
      pickFound(
        list,
        call,
        list.findLastIndex((item, i) => truth(apply(item, i))),
      ),
  },
  findIndex: { ...index, run: (list, apply) => place(list.findIndex((item, i) => truth(apply(item, i)))) },
  findLastIndex: {
    ...index,
    run: (list, apply) => place(list.findLastIndex((item, i) => truth(apply(item, i)))),
  },
  count: {
    ...base,
    predicateOptional: true,
    result: () => intType,
    run: count,
  },
  sum: {
    ...base,
    wantsBool: false,
    predicateOptional: true,
    result: (list, outcome) => (outcome === itemOf(list) ? outcome : declaredType(outcome)),
    run: sum,
  },
  groupBy: { ...base, wantsBool: false, result: () => anyKeyMapOf(anyListType), run: groupBy },
  sortBy: { ...base, wantsBool: false, extra: 1, result: (list) => list, run: sortBy },
  reduce: {
    ...base,
    wantsBool: false,
    hasIndex: true,
    hasAcc: true,
    extra: 1,
    result: (_, outcome) => outcome,
    run: reduce,
  },
};

/** The functions with a predicate, by name. */
export const predicateRules: ReadonlyMap<string, PredicateRule> = new Map(Object.entries(rules));

function truth(outcome: Value): boolean {
  if (typeof outcome === 'boolean') return outcome;
  throw new ExprError(`predicate should return boolean (got ${describeValue(outcome)})`);
}

function place(at: number): Value {
  return at < 0 ? null : BigInt(at);
}

function kept(list: readonly Value[], machine: Machine): readonly Value[] {
  machine.allocate(list.length);
  return list;
}

function filter(list: readonly Value[], apply: Apply, { change, machine }: PredicateCall): Value {
  const found: Value[] = [];
  for (const [i, item] of list.entries()) if (truth(apply(item, i))) found.push(change(item, i));
  return kept(found, machine);
}

function pickFound(list: readonly Value[], { change, mustFind }: PredicateCall, at: number): Value {
  if (at >= 0) return change(list[at] ?? null, at);
  if (mustFind) throw new ExprError('reflect: slice index out of range');
  return null;
}

function count(list: readonly Value[], apply: Apply, { enough }: PredicateCall): Value {
  let found = 0n;
  for (const [i, item] of list.entries()) {
    if (truth(apply(item, i))) found += 1n;
    if (found === enough) break;
  }
  return found;
}

function sum(list: readonly Value[], apply: Apply, { machine }: PredicateCall): Value {
  const add = operators['+'];
  let total: Value = 0n;
  for (const [i, item] of list.entries()) total = add?.(apply(item, i), total, machine) ?? null;
  return total;
}

function groupBy(list: readonly Value[], apply: Apply, { change, machine }: PredicateCall): Value {
  machine.allocate(list.length);
  const pairs = Array.from(list, (item, i): readonly [Value, Value] => {
    const key = apply(item, i);
    if (!isHashable(key)) throw new ExprError(`hash of unhashable type: ${describeValue(key)}`);
    return [key, change(item, i)];
  });
  return Dictionary.grouped(pairs, nilList);
}

function sortBy(list: readonly Value[], apply: Apply, { change, extra, machine }: PredicateCall): Value {
  machine.allocate(list.length);
  const direction = sortDirection(extra[0]);
  const keys = Array.from(list, (item, i) => apply(item, i));
  return sortByKeys(list.map(change), keys, direction);
}

/** 1 for `asc` (also when absent), -1 for `desc`. */
export function sortDirection(order: Value | undefined): number {
  if (order === undefined || order === 'asc') return 1;
  if (order === 'desc') return -1;
  throw new ExprError('invalid order: it must be "asc" or "desc"');
}

function reduce(list: readonly Value[], apply: Apply, { change, extra }: PredicateCall): Value {
  const [initial] = extra;
  const [first] = list;
  if (initial === undefined && first === undefined) {
    throw new ExprError('reduce of empty array with no initial value');
  }
  let acc: Value = initial === undefined ? change(first ?? null, 0) : initial;
  for (const [i, item] of list.entries()) {
    if (i === 0 && initial === undefined) continue;
    acc = apply(item, i, acc);
  }
  return acc;
}
