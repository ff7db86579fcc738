import { formatGoTime } from '#core/time/go-layout.js';
import { ExprError } from './expr-error.js';
import { formatGoFloat } from './go-float.js';
import { formatSpan } from './span.js';
import { Bytes, Dictionary, FunctionValue, Moment, NamedInt, Place, Span, Special } from './special.js';
import {
  anyKeyMapOf,
  boolType,
  bytesType,
  durationType,
  floatType,
  functionType,
  intType,
  listOf,
  locationType,
  mapOf,
  monthType,
  nilType,
  describeType,
  stringType,
  timeType,
  unknownType,
  weekdayType,
  type ValueType,
} from './value-type.js';

export { Bytes, Dictionary, FunctionValue, isHashable, Moment, NamedInt, Place, Span } from './special.js';

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
  | NamedInt
  | Place
  | FunctionValue
  | Dictionary
  | readonly Value[]
  | { readonly [key: string]: Value };

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Special);
}

/** Anything that comes from outside as a value of the language; what it has no word for becomes nil. */
export function toValue(outside: unknown): Value {
  if (isSpecial(outside)) return outside;
  if (outside instanceof Float64Array) return [...outside];
  if (outside instanceof Uint8Array) return Bytes.of64(outside);
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

function isSpecial(
  outside: unknown,
): outside is Moment | Span | NamedInt | Place | FunctionValue | Dictionary {
  return outside instanceof Special;
}

/** The list that stands for a list that is not there: it is empty, and equal to nil. */
export const nilList: readonly Value[] = Object.freeze([]);

/** Whether `== nil` holds. */
export function isNil(value: Value): boolean {
  return value === null || value === nilList;
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
  if (value instanceof Special) return typeOfSpecial(value);
  if (value instanceof Bytes) return bytesType;
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

function typeOfSpecial(value: Special): ValueType {
  if (value instanceof Moment) return timeType;
  if (value instanceof Span) return durationType;
  if (value instanceof NamedInt) return value.kind === 'month' ? monthType : weekdayType;
  if (value instanceof Place) return locationType;
  return value instanceof Dictionary ? anyKeyMapOf(unknownType) : functionType;
}

/** Go's name of the type of a value, for messages. */
export function describeValue(value: Value): string {
  return describeType(typeOfValue(value));
}

/** Go's `%v` of a value. */
export function formatValue(value: Value): string {
  if (value === null) return '<nil>';
  if (value instanceof Special) return formatSpecial(value);
  if (isList(value)) return `[${value.map(formatValue).join(' ')}]`;
  if (typeof value === 'number') return formatGoFloat(value);
  if (typeof value !== 'object') return String(value);
  const keys = Object.keys(value).sort(compareText);
  return `map[${keys.map((key) => `${key}:${formatValue(value[key] ?? null)}`).join(' ')}]`;
}

function formatSpecial(value: Special): string {
  if (value instanceof Span) return formatSpan(value.ns);
  if (value instanceof Moment) return formatMoment(value, '2006-01-02 15:04:05.999999999 -0700 MST');
  if (value instanceof NamedInt) return value.name;
  if (value instanceof Place) return value.location.name;
  if (value instanceof Dictionary) return `map[${formatEntries(value).join(' ')}]`;
  return value instanceof FunctionValue ? `func ${value.name}` : '';
}

function formatEntries(dictionary: Dictionary): readonly string[] {
  return dictionary
    .entries()
    .toSorted(([a], [b]) => compareKeys(a, b))
    .map(([key, value]) => `${formatValue(key)}:${formatValue(value)}`);
}

/** The kinds of keys in the order in which Go prints them. */
const kindOrder: readonly string[] = ['object', 'boolean', 'bigint', 'number', 'string'];

function compareKeys(a: Value, b: Value): number {
  if (isNumber(a) && typeof a === typeof b) return Number(a) - Number(b);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return kindOrder.indexOf(typeof a) - kindOrder.indexOf(typeof b);
}

/** A moment by a layout of Go, on the clock of its place. */
export function formatMoment({ epochNs, location }: Moment, layout: string): string {
  const { abbreviation, offsetSeconds } = location.at(Number(epochNs / 1_000_000n));
  return formatGoTime(epochNs, layout, { name: abbreviation, offsetMinutes: offsetSeconds / 60 });
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
  if (a === null || b === null) return isNil(a) && isNil(b);
  return isIdentical(a, b);
}

function isIdentical(a: Value, b: Value): boolean {
  if (a instanceof Moment) return b instanceof Moment && a.epochNs === b.epochNs;
  if (a instanceof Span) return b instanceof Span && a.ns === b.ns;
  if (a instanceof NamedInt) return b instanceof NamedInt && a.kind === b.kind && a.number === b.number;
  if (a instanceof Place) return b instanceof Place && a.location === b.location;
  if (a instanceof Dictionary) return b instanceof Dictionary && isSameDictionary(a, b);
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

function isSameDictionary(a: Dictionary, b: Dictionary): boolean {
  return (
    a.size === b.size &&
    a.entries().every(([key, value]) => {
      const other = b.get(key);
      return other !== undefined && isIdentical(value, other);
    })
  );
}

/** Negative, zero or positive; NaN when a NaN is among them. Throws for values that have no order. */
export function compareValues(a: Value, b: Value, operator: string): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (isNumber(a) && isNumber(b)) return compareFloats(Number(a), Number(b));
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (a instanceof Moment && b instanceof Moment)
    return a.epochNs < b.epochNs ? -1 : a.epochNs > b.epochNs ? 1 : 0;
  if (a instanceof Span && b instanceof Span) return a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0;
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
