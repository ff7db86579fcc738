/** What the checker knows of a value before the run. `unknown` is compatible with everything and checked at run time. */
export type ValueType =
  | {
      readonly kind:
        | 'bool'
        | 'int'
        | 'int64'
        | 'uint8'
        | 'float'
        | 'string'
        | 'nil'
        | 'time'
        | 'duration'
        | 'month'
        | 'weekday'
        | 'location'
        | 'function';
    }
  /** `isDeclared`: something was declared to take or give any value, which other values can stand for. */
  | { readonly kind: 'unknown'; readonly isDeclared?: true }
  /** A loose list can hold anything, though its items are known: what hands it on forgets what they are. */
  | { readonly kind: 'list'; readonly item: ValueType; readonly isLoose?: true }
  /** Keys are texts unless they may be anything. */
  | { readonly kind: 'map'; readonly item: ValueType; readonly hasAnyKey?: true };

export const boolType: ValueType = { kind: 'bool' };
export const intType: ValueType = { kind: 'int' };
export const int64Type: ValueType = { kind: 'int64' };
export const byteType: ValueType = { kind: 'uint8' };
export const floatType: ValueType = { kind: 'float' };
export const stringType: ValueType = { kind: 'string' };
export const nilType: ValueType = { kind: 'nil' };
/** What an operation gives that is only known at run time. */
export const unknownType: ValueType = { kind: 'unknown' };
/** What is declared to be anything. */
export const anyType: ValueType = { kind: 'unknown', isDeclared: true };
export const timeType: ValueType = { kind: 'time' };
export const durationType: ValueType = { kind: 'duration' };
export const monthType: ValueType = { kind: 'month' };
export const weekdayType: ValueType = { kind: 'weekday' };
export const locationType: ValueType = { kind: 'location' };
export const functionType: ValueType = { kind: 'function' };
/** A list of anything. */
export const anyListType: ValueType = { kind: 'list', item: anyType };
/** A map with texts as keys and anything as values. */
export const anyMapType: ValueType = { kind: 'map', item: anyType };

/** A list that can hold nothing else. */
export function listOf(item: ValueType): ValueType {
  return { kind: 'list', item };
}

/** A list that was written or made item by item. */
export function looseListOf(item: ValueType): ValueType {
  return { kind: 'list', item, isLoose: true };
}

/** A map with texts as keys. */
export function mapOf(item: ValueType): ValueType {
  return { kind: 'map', item };
}

/** A map with keys of any kind. */
export function anyKeyMapOf(item: ValueType): ValueType {
  return { kind: 'map', item, hasAnyKey: true };
}

/** The type as a function sees it that takes and gives Go's types: a loose list is one of anything. */
export function declaredType(type: ValueType): ValueType {
  if (type.kind === 'unknown') return anyType;
  return type.kind === 'list' && type.isLoose === true ? anyListType : type;
}

/** What the items of a list or the values of a map can be, by their Go type alone. */
export function declaredItem(type: ValueType): ValueType {
  const declared = declaredType(type);
  return declared.kind === 'list' || declared.kind === 'map' ? declared.item : anyType;
}

const goNames: Readonly<Record<string, string>> = {
  float: 'float64',
  time: 'time.Time',
  duration: 'time.Duration',
  month: 'time.Month',
  weekday: 'time.Weekday',
  location: '*time.Location',
  function: 'func',
  nil: 'unknown',
};

/** The words that messages use: Go's names of types. */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'list':
      return `[]${describeItem(declaredItem(type))}`;
    case 'map':
      return `map[${type.hasAnyKey === true ? 'interface {}' : 'string'}]${describeItem(type.item)}`;
    default:
      return goNames[type.kind] ?? type.kind;
  }
}

function describeItem(type: ValueType): string {
  return type.kind === 'unknown' ? 'interface {}' : describeType(type);
}
