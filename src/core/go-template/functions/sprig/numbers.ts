import { parseGoFloat } from '#core/expr/values/go-float.js';
import { Span } from '#core/expr/values/special.js';
import { TemplateError } from '../../template-error.js';
import type { Datum } from '../../value.js';
import { type FunctionTable, looseText, textAt } from '../argument.js';

/** Anything as an int, as sprig reads it: floats are cut, unreadable texts are 0. */
export function toInt(value: Datum): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Span) return value.ns;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value))
    return BigInt.asIntN(64, BigInt(value.replace(/^\+/, '')));
  const number = toFloat(value);
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n;
}

function toFloat(value: Datum): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Span) return Number(value.ns);
  return typeof value === 'string' ? (parseGoFloat(value) ?? 0) : 0;
}

const folded =
  (start: bigint | undefined, fold: (a: bigint, b: bigint) => bigint): FunctionTable[string] =>
  (args) => {
    const all = args.map(toInt);
    const [first = 0n, ...others] = start === undefined ? all : [start, ...all];
    return BigInt.asIntN(64, others.reduce(fold, first));
  };

const foldedFloat =
  (fold: (a: number, b: number) => number): FunctionTable[string] =>
  (args) => {
    const [first = 0, ...others] = args.map(toFloat);
    return others.reduce(fold, first);
  };

function nonZero(value: bigint): bigint {
  if (value === 0n) throw new TemplateError('integer divide by zero');
  return value;
}

function round(args: readonly Datum[]): number {
  const value = toFloat(args[0] ?? null);
  const scale = 10 ** Math.min(20, Number(toInt(args[1] ?? null)));
  const scaled = value * scale;
  return (scaled < 0 ? -Math.round(-scaled) : Math.round(scaled)) / scale;
}

function seq(args: readonly Datum[]): string {
  const [a = 0, b, c] = args.map((arg) => Number(toInt(arg)));
  const from = b === undefined ? 1 : a;
  const to = c ?? b ?? a;
  const step = c === undefined ? (to < from ? -1 : 1) : (b ?? 1);
  const count = step === 0 ? 0 : Math.floor((to - from) / step) + 1;
  if (count > 10_000) throw new TemplateError('the list is too long');
  return Array.from({ length: Math.max(0, count) }, (_, i) => from + i * step).join(' ');
}

/** Sprig's arithmetic. */
export const numberFunctions: FunctionTable = {
  int: ([value = null]) => toInt(value),
  int64: ([value = null]) => toInt(value),
  float64: ([value = null]) => toFloat(value),
  atoi: (args) => toInt(textAt(args, 0)),
  toDecimal: ([value = null]) => BigInt(Number.parseInt(looseText(value), 8) || 0),
  add: folded(0n, (a, b) => a + b),
  add1: ([value = null]) => toInt(value) + 1n,
  sub: folded(undefined, (a, b) => a - b),
  mul: folded(1n, (a, b) => a * b),
  div: folded(undefined, (a, b) => a / nonZero(b)),
  mod: folded(undefined, (a, b) => a % nonZero(b)),
  max: folded(undefined, (a, b) => (a > b ? a : b)),
  biggest: folded(undefined, (a, b) => (a > b ? a : b)),
  min: folded(undefined, (a, b) => (a < b ? a : b)),
  addf: foldedFloat((a, b) => a + b),
  subf: foldedFloat((a, b) => a - b),
  mulf: foldedFloat((a, b) => a * b),
  divf: foldedFloat((a, b) => a / b),
  maxf: foldedFloat(Math.max),
  minf: foldedFloat(Math.min),
  floor: ([value = null]) => Math.floor(toFloat(value)),
  ceil: ([value = null]) => Math.ceil(toFloat(value)),
  round,
  seq,
};
