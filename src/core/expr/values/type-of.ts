import {
  type ValueType,
  anyKeyMapOf,
  anyListType,
  anyMapType,
  anyType,
  byteType,
  int64Type,
  boolType,
  describeType,
  durationType,
  floatType,
  functionType,
  intType,
  listOf,
  locationType,
  monthType,
  nilType,
  stringType,
  timeType,
  weekdayType,
} from '../types/value-type.js';
import { Dictionary } from './dictionary.js';
import { Moment, NamedInt, Place, SizedInt, Span, Special } from './special.js';
import { itemKindOf, TypedList, type ItemKind } from './typed-list.js';
import { type Value, toValue } from './value.js';
import { isList } from './shape.js';

/** What the checker may know of a value from outside: of the insides of lists and maps nothing, unless they are floats. */
export function typeOfOutside(outside: unknown): ValueType {
  if (outside instanceof Float64Array) return listTypes.float64;
  if (Array.isArray(outside) && !(outside instanceof TypedList)) return anyListType;
  return typeOfValue(toValue(outside));
}

const listTypes: Readonly<Record<ItemKind | 'any', ValueType>> = {
  any: anyListType,
  int: listOf(intType),
  uint8: listOf(byteType),
  float64: listOf(floatType),
  string: listOf(stringType),
  pair: anyListType,
  pairs: listOf(anyListType),
};

/** The type of a value; nothing is known of what is in it, unless it can hold nothing else. */
export function typeOfValue(value: Value): ValueType {
  if (value === null) return nilType;
  if (value instanceof Special) return typeOfSpecial(value);
  if (isList(value)) return listTypes[itemKindOf(value)];
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
      return anyMapType;
  }
}

function typeOfSpecial(value: Special): ValueType {
  if (value instanceof Moment) return timeType;
  if (value instanceof Span) return durationType;
  if (value instanceof NamedInt) return value.kind === 'month' ? monthType : weekdayType;
  if (value instanceof SizedInt) return value.kind === 'uint8' ? byteType : int64Type;
  if (value instanceof Place) return locationType;
  if (value instanceof Dictionary) return anyKeyMapOf(value.missing === null ? anyType : anyListType);
  return functionType;
}

/** Go's name of the type of a value, for messages. */
export function describeValue(value: Value): string {
  return value === null ? 'nil' : describeType(typeOfValue(value));
}
