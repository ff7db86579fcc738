import { declaredItem, type ValueType } from './value-type.js';

/** Ints of every size. */
export function isIntType({ kind }: ValueType): boolean {
  return kind === 'int' || kind === 'int64' || kind === 'uint8';
}

/** What operators take for a number. */
export function isNumberType(type: ValueType): boolean {
  return type.kind === 'float' || isIntType(type);
}

/** Durations, months and days of the week are numbers underneath, which some functions look at. */
export function isNumeric(type: ValueType): boolean {
  return isNumberType(type) || ['duration', 'month', 'weekday'].includes(type.kind);
}

/** Whether both are one type of Go; what the items of a loose list are does not count. */
function isSameType(a: ValueType, b: ValueType): boolean {
  if (a.kind === 'list' || a.kind === 'map') {
    const isSameKey = a.kind === 'list' || (b.kind === 'map' && a.hasAnyKey === b.hasAnyKey);
    return a.kind === b.kind && isSameKey && isSameType(declaredItem(a), declaredItem(b));
  }
  return a.kind === b.kind;
}

const nilable: readonly string[] = ['list', 'map', 'function', 'location'];

/** Whether a value of the one type may stand where the other is declared. */
export function isAssignable(from: ValueType, to: ValueType): boolean {
  if (to.kind === 'unknown')
    return to.isDeclared === true && (from.kind !== 'unknown' || from.isDeclared === true);
  if (from.kind === 'nil') return nilable.includes(to.kind);
  return from.kind !== 'unknown' && isSameType(from, to);
}

/** Whether `==` may stand between values of these types. */
export function isComparable(a: ValueType, b: ValueType): boolean {
  if ([a.kind, b.kind].some((kind) => kind === 'unknown' || kind === 'nil')) return true;
  return (
    (isNumberType(a) && isNumberType(b)) || (a.kind === 'list' && b.kind === 'list') || isAssignable(a, b)
  );
}

const underneath: Readonly<Record<string, string>> = {
  duration: 'int64',
  month: 'int',
  weekday: 'int',
  unknown: 'nil',
};

/** Whether both are stored alike: items of a written list need no more to be of one type. */
export function isSameKind(a: ValueType, b: ValueType): boolean {
  const isDeclared = (type: ValueType): boolean => type.kind === 'unknown' && type.isDeclared === true;
  if (isDeclared(a) || isDeclared(b)) return isDeclared(a) && isDeclared(b);
  return (underneath[a.kind] ?? a.kind) === (underneath[b.kind] ?? b.kind);
}
