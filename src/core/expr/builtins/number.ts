import { ExprError } from '../expr-error.js';
import { operators, wrap } from '../run/operators.js';
import { type ValueType, floatType, intType, unknownType } from '../types/value-type.js';
import { parseGoFloat } from '../values/go-float.js';
import { compareValues } from '../values/order.js';
import { NamedInt, Span } from '../values/special.js';
import { describeValue } from '../values/type-of.js';
import { type Value, isList, isNumber } from '../values/value.js';
import { intAt, numberAt } from './argument.js';
import type { Builtin } from './builtin.js';

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

function flatNumbers(values: readonly Value[]): readonly (number | bigint)[] {
  return values.flatMap((value) => {
    if (isList(value)) return flatNumbers(value);
    if (isNumber(value)) return [value];
    if (value instanceof Span) return [value.ns];
    throw new ExprError(`invalid argument (type ${describeValue(value)}): it must be a number`);
  });
}

function flatOrdered(values: readonly Value[]): readonly Value[] {
  return values.flatMap((value) => {
    if (isList(value)) return flatOrdered(value);
    if (isNumber(value) || value instanceof Span) return [value];
    throw new ExprError(`invalid argument (type ${describeValue(value)}): it must be a number`);
  });
}

const extreme = (sign: 1 | -1): Builtin => ({
  params: ['numbers'],
  variadic: true,
  result: extremeType,
  run: (args) => {
    const [only = null] = args;
    if (args.length === 1 && !isList(only)) return only;
    let best: Value = null;
    for (const value of flatOrdered(args)) {
      if (best === null || sign * compareValues(value, best, '<') > 0) best = value;
    }
    return best;
  },
});

function extremeType(args: readonly ValueType[]): ValueType {
  const [first] = args;
  const isOpen = args.some(({ kind }) => kind === 'list' || kind === 'unknown');
  return first === undefined || isOpen ? unknownType : first;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

const average = (combine: (values: readonly number[]) => number): Builtin => ({
  params: ['numbers'],
  variadic: true,
  run: (args) => combine(flatNumbers(args).map(Number)),
});

/** The 64-bit int of a number or decimal text; floats are cut off. Throws ExprError for anything else. */
export function toInt(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Span) return value.ns;
  if (value instanceof NamedInt) return value.number;
  if (typeof value === 'number') {
    return Number.isFinite(value) && Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n);
  }
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
  if (isNumber(value)) return Number(value);
  const parsed = typeof value === 'string' ? parseGoFloat(value) : undefined;
  if (parsed !== undefined) return parsed;
  throw new ExprError(
    `invalid operation: float(${typeof value === 'string' ? JSON.stringify(value) : describeValue(value)})`,
  );
}

/** Functions over numbers. */
export const numberBuiltins: Readonly<Record<string, Builtin>> = {
  abs: {
    params: ['number'],
    result: ([type]) => type ?? unknownType,
    run: (args, machine) => {
      const value = numberAt(args, 0);
      const negate = operators['-'];
      return value < 0 && negate !== undefined
        ? negate(typeof value === 'bigint' ? 0n : 0, value, machine)
        : value;
    },
  },
  ceil: rounding(Math.ceil),
  floor: rounding(Math.floor),
  round: rounding(roundHalfAway),
  int: { params: ['convertible'], result: intType, run: ([value]) => toInt(value ?? null) },
  float: { params: ['convertible'], result: floatType, run: ([value]) => toFloat(value ?? null) },
  max: extreme(1),
  min: extreme(-1),
  mean: average(mean),
  median: average(median),
  bitand: bits((a, b) => a & b),
  bitor: bits((a, b) => a | b),
  bitxor: bits((a, b) => a ^ b),
  bitnand: bits((a, b) => a & ~b),
  bitshl: bits((a, b) => a << shift(b)),
  bitshr: bits((a, b) => a >> shift(b)),
  bitushr: bits((a, b) => BigInt.asUintN(64, a) >> shift(b)),
  bitnot: { params: ['int'], result: intType, run: (args) => ~intAt(args, 0) },
};
