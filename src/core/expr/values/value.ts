import type { Dictionary } from './dictionary.js';
import type { FunctionValue, Moment, NamedInt, Place, SizedInt, Span } from './special.js';
import { readPlain, type Scalar } from './plain.js';
import { Special } from './special.js';
import { bytesOf, TypedList, typedList } from './typed-list.js';

/**
 * A value of the language: `null` is nil, `bigint` a 64-bit int, `number` a float, an array a list, a plain object a map.
 * A `Float64Array` as input is a list that is known to hold floats only.
 */
export type Value =
  | Scalar
  | Moment
  | Span
  | NamedInt
  | SizedInt
  | Place
  | FunctionValue
  | Dictionary
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Anything that comes from outside as a value of the language; what it has no word for becomes nil. */
export function toValue(outside: unknown): Value {
  if (isSpecial(outside)) return outside;
  if (outside instanceof Float64Array) return typedList('float64', outside);
  if (outside instanceof Uint8Array) return bytesOf(outside);
  if (outside instanceof TypedList) return outside;
  return readPlain(outside, toValue);
}

function isSpecial(outside: unknown): outside is Exclude<Extract<Value, Special>, never> {
  return outside instanceof Special;
}

/** The list that stands for a list that is not there: it is empty, and equal to nil. */
export const nilList: readonly Value[] = Object.freeze([]);

/** Whether `== nil` holds. */
export function isNil(value: Value): boolean {
  return value === null || value === nilList;
}
