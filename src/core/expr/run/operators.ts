import { ExprError } from '../expr-error.js';
import { clamp } from '../methods/rounding.js';
import { Dictionary, isHashable } from '../values/dictionary.js';
import { isEqualValue } from '../values/equality.js';
import { numberOf } from '../values/number-of.js';
import { compareValues, invalidOperation } from '../values/order.js';
import { power } from '../values/power.js';
import { Moment, SizedInt, Span } from '../values/special.js';
import { readBytes, typedList } from '../values/typed-list.js';
import { describeValue } from '../values/type-of.js';
import { type Value } from '../values/value.js';
import type { Machine } from './machine.js';
import { matchesPattern } from './pattern.js';
import { isList, isMap } from '../values/shape.js';

type Operator = (a: Value, b: Value, machine: Machine) => Value;

/** Every operator that needs both operands; `and`, `or` and `??` do not. */
export const operators: Readonly<Record<string, Operator>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': (a, b) => floats(a, '/', b, (x, y) => x / y),
  '**': (a, b) => floats(a, '**', b, power),
  '^': (a, b) => floats(a, '^', b, power),
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
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') {
    machine.allocate(Math.ceil((a.length + b.length) / 16));
    return a + b;
  }
  if (a instanceof Moment && b instanceof Span) return new Moment(a.epochNs + b.ns, a.location);
  if (a instanceof Span && b instanceof Moment) return new Moment(a.ns + b.epochNs, b.location);
  if (a instanceof Span && b instanceof Span) return new Span(wrap(a.ns + b.ns));
  const [x, y] = numbers(a, '+', b);
  return typeof x === 'bigint' && typeof y === 'bigint' ? wrap(x + y) : Number(x) + Number(y);
}

function subtract(a: Value, b: Value): Value {
  if (a instanceof Moment && b instanceof Moment) return new Span(clamp(a.epochNs - b.epochNs));
  if (a instanceof Moment && b instanceof Span) return new Moment(a.epochNs + wrap(-b.ns), a.location);
  if (a instanceof Span && b instanceof Span) return new Span(wrap(a.ns - b.ns));
  const [x, y] = numbers(a, '-', b);
  return typeof x === 'bigint' && typeof y === 'bigint' ? wrap(x - y) : Number(x) - Number(y);
}

function multiply(a: Value, b: Value): Value {
  if (a instanceof Span && b instanceof Span) return new Span(wrap(a.ns * b.ns));
  const [x, y] = numbers(a instanceof Span ? a.ns : a, '*', b instanceof Span ? b.ns : b);
  if (typeof x !== 'bigint' || typeof y !== 'bigint') return Number(x) * Number(y);
  const product = wrap(x * y);
  return a instanceof Span || b instanceof Span ? new Span(product) : product;
}

/** Both operands as numbers. Throws ExprError when one is none. */
function numbers(a: Value, operator: string, b: Value): readonly [number | bigint, number | bigint] {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined || y === undefined) throw invalidOperation(a, operator, b);
  return [x, y];
}

function floats(a: Value, operator: string, b: Value, apply: (x: number, y: number) => number): Value {
  const [x, y] = numbers(a, operator, b);
  return apply(Number(x), Number(y));
}

/** The same number with the other sign, in the same size. Throws ExprError for what is no number. */
export function negate(value: Value): Value {
  if (typeof value === 'number') return -value;
  if (typeof value === 'bigint') return wrap(-value);
  if (!(value instanceof SizedInt)) throw new ExprError(`invalid operation: - ${describeValue(value)}`);
  const fits = value.kind === 'uint8' ? BigInt.asUintN(8, -value.number) : wrap(-value.number);
  return new SizedInt(value.kind, fits);
}

function remainder(a: Value, b: Value): Value {
  const x = numberOf(a);
  const y = numberOf(b);
  if (typeof x !== 'bigint' || typeof y !== 'bigint') throw invalidOperation(a, '%', b);
  if (y === 0n) throw new ExprError('integer divide by zero');
  return x % y;
}

function isIn(a: Value, b: Value): boolean {
  if (b === null) return false;
  if (isList(b)) return b.some((item) => isEqualValue(item, a));
  if (b instanceof Dictionary && isHashable(a)) return b.get(a) !== undefined;
  if (b instanceof Moment && typeof a === 'string') return false;
  if (isMap(b) && (a === null || typeof a === 'string')) return Object.hasOwn(b, a ?? '');
  throw new ExprError(`operator "in" not defined on ${describeValue(b)}`);
}

/** Bytes may be matched as the text that they are in UTF-8. */
function textOfBytes(value: Value): Value {
  const bytes = readBytes(value);
  return bytes === undefined ? value : new TextDecoder().decode(bytes);
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
  const size = wrap(toWhole(b, '..', a) - from + 1n);
  if (size <= 0n) return typedList('int', []);
  machine.allocate(size > 1_000_001n ? 1_000_001 : Number(size));
  return typedList(
    'int',
    Array.from({ length: Number(size) }, (_, i) => from + BigInt(i)),
  );
}

function toWhole(value: Value, operator: string, other: Value): bigint {
  const number = numberOf(value);
  if (number === undefined) throw invalidOperation(value, operator, other);
  return typeof number === 'bigint' ? number : truncate(number);
}

/** The 64-bit int of a float, which is cut off; what does not fit is the least one. */
export function truncate(value: number): bigint {
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}

/** A place in a list or text from an index value: floats are cut off. */
export function toIndex(value: Value): number {
  const number = numberOf(value);
  if (number === undefined) throw new ExprError('invalid index: it must be a whole number');
  return typeof number === 'bigint' ? Number(number) : Number(truncate(number));
}
