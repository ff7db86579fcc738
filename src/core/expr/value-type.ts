/** What the checker knows of a value before the run. `unknown` is compatible with everything and checked at run time. */
export type ValueType =
  | { readonly kind: 'bool' | 'int' | 'float' | 'string' | 'nil' | 'unknown' | 'time' | 'duration' }
  | { readonly kind: 'list'; readonly item: ValueType }
  | { readonly kind: 'map'; readonly item: ValueType };

export const boolType: ValueType = { kind: 'bool' };
export const intType: ValueType = { kind: 'int' };
export const floatType: ValueType = { kind: 'float' };
export const stringType: ValueType = { kind: 'string' };
export const nilType: ValueType = { kind: 'nil' };
export const unknownType: ValueType = { kind: 'unknown' };
export const timeType: ValueType = { kind: 'time' };
export const durationType: ValueType = { kind: 'duration' };

export function listOf(item: ValueType): ValueType {
  return { kind: 'list', item };
}

export function mapOf(item: ValueType): ValueType {
  return { kind: 'map', item };
}

/** The words that messages use: Go's names of types. */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'float':
      return 'float64';
    case 'nil':
      return 'nil';
    case 'unknown':
      return 'unknown';
    case 'time':
      return 'time.Time';
    case 'duration':
      return 'time.Duration';
    case 'list':
      return `[]${describeItem(type.item)}`;
    case 'map':
      return `map[string]${describeItem(type.item)}`;
    default:
      return type.kind;
  }
}

function describeItem(type: ValueType): string {
  return type.kind === 'unknown' ? 'interface {}' : describeType(type);
}

export function isNumberType(type: ValueType): boolean {
  return type.kind === 'int' || type.kind === 'float';
}

export function isSameType(a: ValueType, b: ValueType): boolean {
  if (a.kind === 'list' || a.kind === 'map') {
    return a.kind === b.kind && isSameType(a.item, b.item);
  }
  return a.kind === b.kind;
}

/** Whether `==` may stand between values of these types. */
export function isComparable(a: ValueType, b: ValueType): boolean {
  if (a.kind === 'unknown' || b.kind === 'unknown' || a.kind === 'nil' || b.kind === 'nil') return true;
  return (isNumberType(a) && isNumberType(b)) || a.kind === b.kind;
}
