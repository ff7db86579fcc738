import { ExprError } from '../expr-error.js';
import type { Machine } from '../run/machine.js';
import { operators } from '../run/operators.js';
import {
  type ValueType,
  anyKeyMapOf,
  boolType,
  intType,
  listOf,
  looseListOf,
  unknownType,
} from '../types/value-type.js';
import { Dictionary, isHashable } from '../values/dictionary.js';
import { compareValues } from '../values/order.js';
import { Span } from '../values/special.js';
import { describeValue } from '../values/type-of.js';
import { type Value, isNumber, nilList } from '../values/value.js';

/** Runs the predicate for one item. */
export type Apply = (item: Value, index: number, acc?: Value) => Value;

/** A function whose second argument is a predicate. */
export interface PredicateRule {
  readonly wantsBool: boolean;
  readonly hasIndex: boolean;
  readonly hasAcc: boolean;
  readonly predicateOptional: boolean;
  /** How many arguments may follow the predicate. */
  readonly extra: number;
  result(item: ValueType, outcome: ValueType): ValueType;
  run(list: readonly Value[], apply: Apply, extra: readonly Value[], machine: Machine): Value;
}

const base = {
  wantsBool: true,
  hasIndex: false,
  hasAcc: false,
  predicateOptional: false,
  extra: 0,
  result: () => boolType,
};

const found = { ...base, result: (item: ValueType) => (item.kind === 'unknown' ? unknownType : item) };

const index = { ...base, result: () => intType };

const rules: Readonly<Record<string, PredicateRule>> = {
  all: { ...base, run: (list, apply) => list.every((item, i) => truth(apply(item, i))) },
  any: { ...base, run: (list, apply) => list.some((item, i) => truth(apply(item, i))) },
  none: { ...base, run: (list, apply) => !list.some((item, i) => truth(apply(item, i))) },
  one: { ...base, run: (list, apply) => list.filter((item, i) => truth(apply(item, i))).length === 1 },
  filter: {
    ...base,
    result: (item) => looseListOf(item),
    run: (list, apply) => list.filter((item, i) => truth(apply(item, i))),
  },
  map: {
    ...base,
    wantsBool: false,
    hasIndex: true,
    result: (_, outcome) => looseListOf(outcome),
    run: (list, apply, _, machine) =>
      kept(
        list.map((item, i) => apply(item, i)),
        machine,
      ),
  },
  find: { ...found, run: (list, apply) => list.find((item, i) => truth(apply(item, i))) ?? null },
  findLast: { ...found, run: (list, apply) => list.findLast((item, i) => truth(apply(item, i))) ?? null },
  findIndex: { ...index, run: (list, apply) => place(list.findIndex((item, i) => truth(apply(item, i)))) },
  findLastIndex: {
    ...index,
    run: (list, apply) => place(list.findLastIndex((item, i) => truth(apply(item, i)))),
  },
  count: {
    ...base,
    predicateOptional: true,
    result: () => intType,
    run: (list, apply) => BigInt(list.filter((item, i) => truth(apply(item, i))).length),
  },
  sum: {
    ...base,
    wantsBool: false,
    predicateOptional: true,
    result: (_, outcome) => outcome,
    run: sum,
  },
  groupBy: { ...base, wantsBool: false, result: () => anyKeyMapOf(listOf(unknownType)), run: groupBy },
  sortBy: { ...base, wantsBool: false, extra: 1, result: (item) => looseListOf(item), run: sortBy },
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

function sum(list: readonly Value[], apply: Apply, _: readonly Value[], machine: Machine): Value {
  const add = operators['+'];
  let total: Value = 0n;
  for (const [i, item] of list.entries()) {
    const value = apply(item, i);
    const isSpan = value instanceof Span && value === item && list.length > 1;
    if (!isNumber(value) && !isSpan) throw new ExprError(`cannot sum ${describeValue(value)}`);
    total = add === undefined || i === 0 ? value : add(total, value, machine);
  }
  return total;
}

function groupBy(list: readonly Value[], apply: Apply, _: readonly Value[], machine: Machine): Value {
  machine.allocate(list.length);
  const pairs = list.map((item, i): readonly [Value, Value] => {
    const key = apply(item, i);
    if (!isHashable(key)) throw new ExprError(`hash of unhashable type: ${describeValue(key)}`);
    return [key, item];
  });
  return Dictionary.grouped(pairs, nilList);
}

function sortBy(list: readonly Value[], apply: Apply, extra: readonly Value[], machine: Machine): Value {
  machine.allocate(list.length);
  const direction = sortDirection(extra[0]);
  return list
    .map((item, i) => ({ item, key: apply(item, i) }))
    .toSorted((a, b) => direction * compareValues(a.key, b.key, '<'))
    .map(({ item }) => item);
}

/** 1 for `asc` (also when absent), -1 for `desc`. */
export function sortDirection(order: Value | undefined): number {
  if (order === undefined || order === 'asc') return 1;
  if (order === 'desc') return -1;
  throw new ExprError('invalid order: it must be "asc" or "desc"');
}

function reduce(list: readonly Value[], apply: Apply, extra: readonly Value[]): Value {
  const [initial] = extra;
  const [first] = list;
  if (initial === undefined && first === undefined) {
    throw new ExprError('reduce of empty array with no initial value');
  }
  let acc: Value = initial === undefined ? (first ?? null) : initial;
  for (const [i, item] of list.entries()) {
    if (i === 0 && initial === undefined) continue;
    acc = apply(item, i, acc);
  }
  return acc;
}
