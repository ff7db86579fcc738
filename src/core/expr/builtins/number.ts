import { ExprError } from '../expr-error.js';
import { negate, truncate, wrap } from '../run/operators.js';
import {
  anyType,
  declaredType,
  floatType,
  intType,
  unknownType,
  type ValueType,
} from '../types/value-type.js';
import { parseGoFloat } from '../values/go-float.js';
import { numberOf, numberUnder } from '../values/number-of.js';
import { compareValues } from '../values/order.js';
import { Span } from '../values/special.js';
import { itemKindOf } from '../values/typed-list.js';
import { describeValue } from '../values/type-of.js';
import { type Value } from '../values/value.js';
import { intAt, numberAt } from './argument.js';
import type { Builtin } from './builtin.js';
import { isList } from '../values/shape.js';

const rounding = (round: (value: number) => number): Builtin => ({
  params: ['number'],
  result: floatType,
  run: (args) => round(Number(numberAt(args, 0))),
});

/** Half away from zero. */
function roundHalfAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

const bits = (combine: (a: bigint, b: bigint) => bigint): Builtin => ({
  params: ['int', 'int'],
  result: intType,
  run: (args) => wrap(combine(intAt(args, 0), intAt(args, 1))),
});

function shift(by: bigint): bigint {
  if (by < 0n) throw new ExprError('invalid operation: negative shift count');
  return by > 64n ? 64n : by;
}

/** Numbers, and what is stored as one. Throws ExprError for anything else. */
function underlying(value: Value, name: string): number | bigint {
  const number = numberUnder(value);
  if (number === undefined) throw wrongArgument(name, value);
  return number;
}

function wrongArgument(name: string, value: Value): ExprError {
  return new ExprError(`invalid argument for ${name} (type ${describeValue(value)})`);
}

/** Which of two extremes counts. */
interface Contest {
  readonly name: string;
  readonly sign: 1 | -1;
}

/** The greatest or least of values and lists of them; nil when there is none. */
function best(contest: Contest, values: readonly Value[], start: Value = null): Value {
  return values.reduce<Value>((found, value) => {
    if (!isList(value)) return better(contest, found, value);
    const kind = itemKindOf(value);
    // Lists of one kind of number are judged by themselves, others item by item.
    if (kind !== 'int' && kind !== 'float64') return bestItem(contest, value, found);
    const own = value.reduce<Value>((most, item) => better(contest, most, item), null);
    return own === null ? found : better(contest, found, own);
  }, start);
}

function bestItem(contest: Contest, items: readonly Value[], start: Value): Value {
  return items.reduce<Value>((found, item) => {
    if (item instanceof Span) throw wrongArgument(contest.name, item);
    const candidate = isList(item) ? best(contest, [item]) : item;
    return isList(item) && candidate === null ? found : better(contest, found, candidate);
  }, start);
}

function better({ name, sign }: Contest, found: Value, candidate: Value): Value {
  if (numberUnder(candidate) === undefined) throw wrongArgument(name, candidate);
  return found === null || sign * compareValues(candidate, found, '<') > 0 ? candidate : found;
}

const extreme = (name: string, sign: 1 | -1): Builtin => ({
  params: ['numbers'],
  variadic: true,
  result: extremeType,
  run: (args) => {
    const [only = null] = args;
    return args.length === 1 && !isList(only) ? only : best({ name, sign }, args);
  },
});

function extremeType(args: readonly ValueType[]): ValueType {
  const [first] = args;
  const isOpen = args.some(({ kind }) => kind === 'list' || kind === 'unknown');
  return first === undefined || isOpen ? anyType : first;
}

function mean(name: string, values: readonly Value[]): number {
  const { count, total } = totalOf(name, values);
  return count === 0 ? 0 : total / count;
}

function totalOf(name: string, values: readonly Value[]): { readonly count: number; readonly total: number } {
  let count = 0;
  let total = 0;
  for (const value of values) {
    const part = isList(value) ? totalOf(name, value) : { count: 1, total: Number(underlying(value, name)) };
    count += part.count;
    total += part.total;
  }
  return { count, total };
}

function flatNumbers(name: string, values: readonly Value[]): readonly number[] {
  return values.flatMap((value) =>
    isList(value) ? flatNumbers(name, value) : [Number(underlying(value, name))],
  );
}

function median(name: string, values: readonly Value[]): number {
  const numbers = flatNumbers(name, values);
  if (numbers.length === 0) return 0;
  // A NaN comes before every number.
  const sorted = numbers.toSorted((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b || 0));
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

const average = (name: string, combine: (name: string, values: readonly Value[]) => number): Builtin => ({
  params: ['numbers'],
  variadic: true,
  result: extremeType,
  run: (args) => combine(name, args),
});

/** The 64-bit int of a number or decimal text; floats are cut off. Throws ExprError for anything else. */
export function toInt(value: Value): bigint {
  const number = numberUnder(value);
  if (typeof number === 'bigint') return number;
  if (typeof number === 'number') return truncate(number);
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) {
    const int = BigInt(value.replace(/^\+/, ''));
    if (wrap(int) === int) return int;
    throw new ExprError(`invalid operation: int(${value}): value out of range`);
  }
  throw new ExprError(
    `invalid operation: int(${typeof value === 'string' ? JSON.stringify(value) : describeValue(value)})`,
  );
}

/** The float of a number or of text as Go reads it. Throws ExprError for anything else. */
export function toFloat(value: Value): number {
  const number = numberOf(value);
  if (number !== undefined) return Number(number);
  const parsed = typeof value === 'string' ? parseGoFloat(value) : undefined;
  if (parsed !== undefined) return parsed;
  throw new ExprError(
    `invalid operation: float(${typeof value === 'string' ? JSON.stringify(value) : describeValue(value)})`,
  );
}

/** The value without its sign, in the same size. */
function abs(value: Value): Value {
  const number = numberOf(value);
  if (number === undefined) throw wrongArgument('abs', value);
  return number < 0 ? negate(value) : value;
}

/** Functions over numbers. */
export const numberBuiltins: Readonly<Record<string, Builtin>> = {
  abs: {
    params: ['number'],
    result: ([type]) => declaredType(type ?? unknownType),
    run: ([value]) => abs(value ?? null),
  },
  ceil: rounding(Math.ceil),
  floor: rounding(Math.floor),
  round: rounding(roundHalfAway),
  int: { params: ['convertible'], result: intType, run: ([value]) => toInt(value ?? null) },
  float: { params: ['convertible'], result: floatType, run: ([value]) => toFloat(value ?? null) },
  max: extreme('max', 1),
  min: extreme('min', -1),
  mean: average('mean', mean),
  median: average('median', median),
  bitand: bits((a, b) => a & b),
  bitor: bits((a, b) => a | b),
  bitxor: bits((a, b) => a ^ b),
  bitnand: bits((a, b) => a & ~b),
  bitshl: bits((a, b) => a << shift(b)),
  bitshr: bits((a, b) => a >> shift(b)),
  bitushr: bits((a, b) => BigInt.asUintN(64, a) >> shift(b)),
  bitnot: { params: ['int'], result: intType, run: (args) => ~intAt(args, 0) },
};
