import { ExprError } from '../expr-error.js';
import { Moment, Span } from './special.js';
import { describeValue } from './type-of.js';
import { numberOf } from './number-of.js';
import type { Value } from './value.js';

/** By code points, which is the order of UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const left = Array.from(a);
  const right = Array.from(b);
  const i = left.findIndex((char, at) => char !== right[at]);
  if (i < 0) return -1;
  return (left[i]?.codePointAt(0) ?? -1) - (right[i]?.codePointAt(0) ?? -1);
}

/** Negative, zero or positive; NaN when a NaN is among them. Throws for values that have no order. */
export function compareValues(a: Value, b: Value, operator: string): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return orderOf(a, b);
  if (typeof a === 'number' && typeof b === 'number') return compareFloats(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (a instanceof Moment && b instanceof Moment) return orderOf(a.epochNs, b.epochNs);
  if (a instanceof Span && b instanceof Span) return orderOf(a.ns, b.ns);
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined || y === undefined) throw invalidOperation(a, operator, b);
  if (typeof x === 'bigint' && typeof y === 'bigint') return orderOf(x, y);
  return compareFloats(Number(x), Number(y));
}

function orderOf(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareFloats(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A failure at run time in the peer's words. */
export function invalidOperation(a: Value, operator: string, b: Value): ExprError {
  return new ExprError(`invalid operation: ${shown(a)} ${operator} ${shown(b)}`);
}

function shown(value: Value): string {
  return value === null ? '<nil>' : describeValue(value);
}
