import { ExprError } from '../expr-error.js';
import { Dictionary, isHashable } from '../values/dictionary.js';
import { isEqualValue } from '../values/equality.js';
import { compareValues, invalidOperation } from '../values/order.js';
import { Bytes, Moment, Span } from '../values/special.js';
import { type Value, isList, isMap, isNumber } from '../values/value.js';
import type { Machine } from './machine.js';
import { matchesPattern } from './pattern.js';

type Operator = (a: Value, b: Value, machine: Machine) => Value;

/** Every operator that needs both operands; `and`, `or` and `??` do not. */
export const operators: Readonly<Record<string, Operator>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': (a, b) => floats(a, '/', b, (x, y) => x / y),
  '**': (a, b) => floats(a, '**', b, (x, y) => x ** y),
  '^': (a, b) => floats(a, '^', b, (x, y) => x ** y),
  '%': remainder,
  '==': (a, b) => isEqualValue(a, b),
  '!=': (a, b) => !isEqualValue(a, b),
  '<': (a, b) => compareValues(a, b, '<') < 0,
  '>': (a, b) => compareValues(a, b, '>') > 0,
  '<=': (a, b) => compareValues(a, b, '<=') <= 0,
  '>=': (a, b) => compareValues(a, b, '>=') >= 0,
  in: (a, b) => isIn(a, b),
  matches: (a, b) => onTexts(textOfBytes(a), 'matches', b, (text, pattern) => matchesPattern(pattern, text)),
  contains: (a, b) => onTexts(a, 'contains', b, (text, part) => text.includes(part)),
  startsWith: (a, b) => onTexts(a, 'startsWith', b, (text, part) => text.startsWith(part)),
  endsWith: (a, b) => onTexts(a, 'endsWith', b, (text, part) => text.endsWith(part)),
  '..': range,
};

/** A 64-bit int, wrapped around. */
export function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

function add(a: Value, b: Value, machine: Machine): Value {
  if (isNumber(a) && isNumber(b))
    return arithmetic(
      a,
      b,
      (x, y) => x + y,
      (x, y) => x + y,
    );
  if (typeof a === 'string' && typeof b === 'string') {
    machine.allocate(Math.ceil((a.length + b.length) / 16));
    return a + b;
  }
  if (a instanceof Moment && b instanceof Span) return new Moment(a.epochNs + b.ns, a.location);
  if (a instanceof Span && b instanceof Moment) return new Moment(a.ns + b.epochNs, b.location);
  if (a instanceof Span && b instanceof Span) return new Span(wrap(a.ns + b.ns));
  throw invalidOperation(a, '+', b);
}

function subtract(a: Value, b: Value): Value {
  if (isNumber(a) && isNumber(b))
    return arithmetic(
      a,
      b,
      (x, y) => x - y,
      (x, y) => x - y,
    );
  if (a instanceof Moment && b instanceof Moment) return new Span(wrap(a.epochNs - b.epochNs));
  if (a instanceof Moment && b instanceof Span) return new Moment(a.epochNs - b.ns, a.location);
  if (a instanceof Span && b instanceof Span) return new Span(wrap(a.ns - b.ns));
  throw invalidOperation(a, '-', b);
}

function multiply(a: Value, b: Value): Value {
  if (isNumber(a) && isNumber(b))
    return arithmetic(
      a,
      b,
      (x, y) => x * y,
      (x, y) => x * y,
    );
  if (a instanceof Span && b instanceof Span) return new Span(wrap(a.ns * b.ns));
  if (isNumber(a) && b instanceof Span) return scale(b, a);
  if (a instanceof Span && isNumber(b)) return scale(a, b);
  throw invalidOperation(a, '*', b);
}

function scale(span: Span, factor: number | bigint): Value {
  return typeof factor === 'bigint' ? new Span(wrap(span.ns * factor)) : Number(span.ns) * factor;
}

function arithmetic(
  a: number | bigint,
  b: number | bigint,
  onInts: (x: bigint, y: bigint) => bigint,
  onFloats: (x: number, y: number) => number,
): Value {
  return typeof a === 'bigint' && typeof b === 'bigint' ? wrap(onInts(a, b)) : onFloats(Number(a), Number(b));
}

function floats(a: Value, operator: string, b: Value, apply: (x: number, y: number) => number): Value {
  if (isNumber(a) && isNumber(b)) return apply(Number(a), Number(b));
  throw invalidOperation(a, operator, b);
}

function remainder(a: Value, b: Value): Value {
  if (typeof a !== 'bigint' || typeof b !== 'bigint') throw invalidOperation(a, '%', b);
  if (b === 0n) throw new ExprError('integer divide by zero');
  return a % b;
}

function isIn(a: Value, b: Value): boolean {
  if (b === null) return false;
  if (isList(b)) return b.some((item) => isEqualValue(item, a));
  if (isMap(b) && a === null) return false;
  if (b instanceof Dictionary) return isHashable(a) && b.get(a) !== undefined;
  if (isMap(b) && typeof a === 'string') return Object.hasOwn(b, a);
  throw new ExprError(`operator "in" not defined on ${typeof b}`);
}

/** Bytes may be matched as the text that they are in UTF-8. */
function textOfBytes(value: Value): Value {
  return value instanceof Bytes ? new TextDecoder().decode(Uint8Array.from(value, Number)) : value;
}

function onTexts(
  a: Value,
  operator: string,
  b: Value,
  test: (text: string, part: string) => boolean,
): boolean {
  if (a === null || b === null) return false;
  if (typeof a === 'string' && typeof b === 'string') return test(a, b);
  throw invalidOperation(a, operator, b);
}

function range(a: Value, b: Value, machine: Machine): Value {
  const from = toWhole(a, '..', b);
  const to = toWhole(b, '..', a);
  if (from > to) return [];
  const size = to - from + 1n;
  machine.allocate(size > 1_000_001n ? 1_000_001 : Number(size));
  return Array.from({ length: Number(size) }, (_, i) => from + BigInt(i));
}

function toWhole(value: Value, operator: string, other: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value));
  throw invalidOperation(value, operator, other);
}

/** A place in a list or text from an index value: floats are cut off. */
export function toIndex(value: Value): number {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' && !Number.isNaN(value)) return Math.trunc(value);
  throw new ExprError('invalid index: it must be a whole number');
}
