import {
  type ValueType,
  anyKeyMapOf,
  boolType,
  bytesType,
  describeType,
  durationType,
  floatType,
  functionType,
  intType,
  listOf,
  locationType,
  mapOf,
  monthType,
  nilType,
  stringType,
  timeType,
  unknownType,
  weekdayType,
} from '../types/value-type.js';
import { Dictionary } from './dictionary.js';
import { Bytes, Moment, NamedInt, Place, Span, Special } from './special.js';
import { type Value, isList, toValue } from './value.js';

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
