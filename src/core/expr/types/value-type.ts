/** What the checker knows of a value before the run. `unknown` is compatible with everything and checked at run time. */
export type ValueType =
  | {
      readonly kind:
        | 'bool'
        | 'int'
        | 'float'
        | 'string'
        | 'nil'
        | 'unknown'
        | 'time'
        | 'duration'
        | 'month'
        | 'weekday'
        | 'location'
        | 'function';
    }
  /** A loose list was written or made item by item: functions that hand it on forget what its items are. */
  | { readonly kind: 'list'; readonly item: ValueType; readonly isBytes?: true; readonly isLoose?: true }
  /** Keys are texts unless they may be anything. */
  | { readonly kind: 'map'; readonly item: ValueType; readonly hasAnyKey?: true };

export const boolType: ValueType = { kind: 'bool' };

export const intType: ValueType = { kind: 'int' };

export const floatType: ValueType = { kind: 'float' };

export const stringType: ValueType = { kind: 'string' };

export const nilType: ValueType = { kind: 'nil' };

export const unknownType: ValueType = { kind: 'unknown' };

export const timeType: ValueType = { kind: 'time' };

export const durationType: ValueType = { kind: 'duration' };

export const monthType: ValueType = { kind: 'month' };

export const weekdayType: ValueType = { kind: 'weekday' };

export const locationType: ValueType = { kind: 'location' };

export const functionType: ValueType = { kind: 'function' };

export const bytesType: ValueType = { kind: 'list', item: intType, isBytes: true };

export function listOf(item: ValueType): ValueType {
  return { kind: 'list', item };
}

/** A list that was written or made item by item. */
export function looseListOf(item: ValueType): ValueType {
  return { kind: 'list', item, isLoose: true };
}

export function mapOf(item: ValueType): ValueType {
  return { kind: 'map', item };
}

export function anyKeyMapOf(item: ValueType): ValueType {
  return { kind: 'map', item, hasAnyKey: true };
}

const goNames: Readonly<Record<string, string>> = {
  float: 'float64',
  time: 'time.Time',
  duration: 'time.Duration',
  month: 'time.Month',
  weekday: 'time.Weekday',
  location: '*time.Location',
  function: 'func',
};

/** The words that messages use: Go's names of types. */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'list':
      return type.isBytes === true ? '[]uint8' : `[]${describeItem(type.item)}`;
    case 'map':
      return `map[${type.hasAnyKey === true ? 'interface {}' : 'string'}]${describeItem(type.item)}`;
    default:
      return goNames[type.kind] ?? type.kind;
  }
}

function describeItem(type: ValueType): string {
  return type.kind === 'unknown' ? 'interface {}' : describeType(type);
}

export function isNumberType(type: ValueType): boolean {
  return type.kind === 'int' || type.kind === 'float';
}

export function isSameType(a: ValueType, b: ValueType): boolean {
  if (a.kind === 'list') return b.kind === 'list' && a.isBytes === b.isBytes && isSameType(a.item, b.item);
  if (a.kind === 'map') return b.kind === 'map' && a.hasAnyKey === b.hasAnyKey && isSameType(a.item, b.item);
  return a.kind === b.kind;
}

/** Whether `==` may stand between values of these types. */
export function isComparable(a: ValueType, b: ValueType): boolean {
  if (a.kind === 'unknown' || b.kind === 'unknown' || a.kind === 'nil' || b.kind === 'nil') return true;
  if (a.kind === 'map' && b.kind === 'map') {
    return a.hasAnyKey === true ? isSameType(a, b) : b.hasAnyKey !== true;
  }
  return (isNumberType(a) && isNumberType(b)) || a.kind === b.kind;
}
