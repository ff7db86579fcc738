import { readPlain, type Scalar } from '#core/expr/values/plain.js';
import { isList, isMap } from '#core/expr/values/shape.js';
import { formatGoFloat } from '#core/expr/values/go-float.js';
import { formatValue } from '#core/expr/values/format.js';
import { Special } from '#core/expr/values/special.js';
import { compareText } from '#core/expr/values/order.js';
import { Moment, Span } from '#core/expr/values/special.js';
import { typeOfValue } from '#core/expr/values/type-of.js';
import { describeType } from '#core/expr/types/value-type.js';

/** A function as a value: `call` runs it. */
export class GoFunction extends Special {
  constructor(
    readonly name: string,
    readonly run: (args: readonly Datum[]) => Datum,
  ) {
    super();
  }
}

/**
 * A value of a template: `null` is nil (a missing key too), `bigint` an int, `number` a float64 (as every number of JSON is),
 * a plain object a map.
 */
export type Datum =
  Scalar | Moment | Span | GoFunction | readonly Datum[] | { readonly [key: string]: Datum };

/** Keys that are missing read as nil. */
export type DatumMap = { readonly [key: string]: Datum };

/** JSON, or what a caller built of functions and moments, as a value; what it has no word for becomes nil. */
export function toDatum(outside: unknown): Datum {
  if (outside instanceof Moment || outside instanceof Span || outside instanceof GoFunction) return outside;
  return readPlain(outside, toDatum);
}

/** The keys in the order in which Go visits and prints them. */
export function sortedKeys(map: DatumMap): readonly string[] {
  return Object.keys(map).sort(compareText);
}

/** Go's truth: not nil, zero or empty. */
export function isTrue(value: Datum): boolean {
  if (value instanceof Moment || value instanceof GoFunction) return true;
  if (value instanceof Span) return value.ns !== 0n;
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return value !== null && value !== false && value !== '' && Number(value) !== 0;
}

/** Go's name of the type, for messages and `typeOf`. */
export function typeName(value: Datum): string {
  if (value instanceof GoFunction) return 'func';
  if (isList(value)) return '[]interface {}';
  if (isMap(value)) return 'map[string]interface {}';
  return value === null ? '<nil>' : describeType(typeOfValue(value));
}

/** What an action prints. */
export function printDatum(value: Datum): string {
  return value === null ? '<no value>' : formatDatum(value);
}

/** Go's `%v`. */
export function formatDatum(value: Datum): string {
  if (value === null) return '<nil>';
  if (value instanceof GoFunction) return `func ${value.name}`;
  if (typeof value === 'number') return formatGoFloat(value);
  if (isList(value)) return `[${value.map(formatDatum).join(' ')}]`;
  if (isMap(value)) {
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${formatDatum(value[key] ?? null)}`)
      .join(' ')}]`;
  }
  return formatValue(value);
}
