import { ExprError } from './expr-error.js';
import { formatGoDuration } from '#core/time/duration.js';
import { formatGoFloat } from './go-float.js';
import {
  boolType,
  durationType,
  floatType,
  intType,
  listOf,
  mapOf,
  nilType,
  stringType,
  timeType,
  unknownType,
  type ValueType,
} from './value-type.js';

/**
 * A value of the language: `null` is nil, `bigint` a 64-bit int, `number` a float, an array a list, a plain object a map.
 * A `Float64Array` as input is a list that is known to hold floats only.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Moment
  | Span
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A moment, in nanoseconds since 1970 in UTC. */
export class Moment {
  constructor(readonly epochNs: bigint) {}
}

/** A length of time in nanoseconds. */
export class Span {
  constructor(readonly ns: bigint) {}
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Moment) &&
    !(value instanceof Span)
  );
}

/** Anything that comes from outside as a value of the language; what it has no word for becomes nil. */
export function toValue(outside: unknown): Value {
  if (outside instanceof Moment || outside instanceof Span) return outside;
  if (outside instanceof Float64Array) return [...outside];
  if (Array.isArray(outside)) return outside.map(toValue);
  switch (typeof outside) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return outside;
    case 'object':
      if (outside === null) return null;
      return makeMap(Object.entries(outside).map(([key, value]) => [key, toValue(value)]));
    default:
      return null;
  }
}

/** A map without a prototype, so that no key has a meaning of its own. */
export function makeMap(entries: Iterable<readonly [string, Value]>): { readonly [key: string]: Value } {
  const map: Record<string, Value> = Object.assign(Object.create(null), {});
  for (const [key, value] of entries) map[key] = value;
  return map;
}

/** What the checker may know of a value from outside: of the insides of lists and maps nothing, unless they are floats. */
export function typeOfOutside(outside: unknown): ValueType {
  return outside instanceof Float64Array ? listOf(floatType) : typeOfValue(toValue(outside));
}

export function typeOfValue(value: Value): ValueType {
  if (value === null) return nilType;
  if (value instanceof Moment) return timeType;
  if (value instanceof Span) return durationType;
  if (isList(value)) return listOf(unknownType);
  switch (typeof value) {
    case 'boolean':
      return boolType;
    case 'number':
      return floatType;
    case 'bigint':
      return intType;
    case 'string':
      return stringType;
    default:
      return mapOf(unknownType);
  }
}

/** Go's name of the type of a value, for messages. */
export function describeValue(value: Value): string {
  if (value === null) return 'nil';
  if (value instanceof Moment) return 'time.Time';
  if (value instanceof Span) return 'time.Duration';
  if (isList(value)) return '[]interface {}';
  const names: Readonly<Record<string, string>> = {
    boolean: 'bool',
    number: 'float64',
    bigint: 'int',
    string: 'string',
  };
  return names[typeof value] ?? 'map[string]interface {}';
}

/** Go's `%v` of a value. */
export function formatValue(value: Value): string {
  if (value === null) return '<nil>';
  if (value instanceof Span) return formatSpan(value);
  if (value instanceof Moment) return formatMoment(value);
  if (isList(value)) return `[${value.map(formatValue).join(' ')}]`;
  if (typeof value === 'number') return formatGoFloat(value);
  if (typeof value !== 'object') return String(value);
  const keys = Object.keys(value).sort(compareText);
  return `map[${keys.map((key) => `${key}:${formatValue(value[key] ?? null)}`).join(' ')}]`;
}

function formatSpan(span: Span): string {
  return formatGoDuration(Number(span.ns) / 1e6);
}

function formatMoment(moment: Moment): string {
  const iso = new Date(Number(moment.epochNs / 1_000_000n)).toISOString();
  const fraction = String(((moment.epochNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction === '' ? '' : `.${fraction}`} +0000 UTC`;
}

/** By code points, which is the order of UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const left = Array.from(a);
  const right = Array.from(b);
  const i = left.findIndex((char, at) => char !== right[at]);
  if (i < 0) return -1;
  return (left[i]?.codePointAt(0) ?? -1) - (right[i]?.codePointAt(0) ?? -1);
}

export function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** `==` of the language: ints and floats as numbers, lists item by item, maps deeply and type by type. */
export function isEqualValue(a: Value, b: Value): boolean {
  if (isNumber(a) && isNumber(b)) return typeof a === typeof b ? a === b : Number(a) === Number(b);
  if (isList(a) && isList(b)) {
    return a.length === b.length && a.every((item, i) => isEqualValue(item, b[i] ?? null));
  }
  return isIdentical(a, b);
}

function isIdentical(a: Value, b: Value): boolean {
  if (a instanceof Moment) return b instanceof Moment && a.epochNs === b.epochNs;
  if (a instanceof Span) return b instanceof Span && a.ns === b.ns;
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((item, i) => isIdentical(item, b[i] ?? null));
  }
  if (!isMap(a) || !isMap(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isIdentical(a[key] ?? null, b[key] ?? null))
  );
}

/** Negative, zero or positive; NaN when a NaN is among them. Throws for values that have no order. */
export function compareValues(a: Value, b: Value, operator: string): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (isNumber(a) && isNumber(b)) return compareFloats(Number(a), Number(b));
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (a instanceof Moment && b instanceof Moment) return Number(a.epochNs - b.epochNs);
  if (a instanceof Span && b instanceof Span) return Number(a.ns - b.ns);
  throw invalidOperation(a, operator, b);
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
