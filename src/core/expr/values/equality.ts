import { Dictionary } from './dictionary.js';
import { numberOf } from './number-of.js';
import { Moment, NamedInt, Place, SizedInt, Span } from './special.js';
import { itemKindOf } from './typed-list.js';
import { isNil, nilList, type Value } from './value.js';
import { isList, isMap } from './shape.js';

/** `==` of the language: ints and floats as numbers, lists item by item, maps deeply and type by type. */
export function isEqualValue(a: Value, b: Value): boolean {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) return typeof x === typeof y ? x === y : Number(x) === Number(y);
  if (a === null || b === null) return isNil(a) && isNil(b);
  return isList(a) && isList(b) ? isEqualList(a, b) : isIdentical(a, b);
}

function isEqualList(a: readonly Value[], b: readonly Value[]): boolean {
  const kinds = [itemKindOf(a), itemKindOf(b)];
  const arePaired = kinds.some((kind) => kind === 'pair' || kind === 'pairs');
  if (arePaired || (kinds[0] !== kinds[1] && !kinds.includes('any'))) return isIdentical(a, b);
  return a.length === b.length && a.every((item, i) => isEqualValue(item, b[i] ?? null));
}

/** Equality of values of the same type, deep down. */
function isIdentical(a: Value, b: Value): boolean {
  // The very same map is equal to itself, with a NaN in it too.
  if (a === b) return true;
  if (a instanceof Moment) return b instanceof Moment && a.epochNs === b.epochNs;
  if (a instanceof Span) return b instanceof Span && a.ns === b.ns;
  if (a instanceof NamedInt) return b instanceof NamedInt && a.kind === b.kind && a.number === b.number;
  if (a instanceof SizedInt) return b instanceof SizedInt && a.kind === b.kind && a.number === b.number;
  if (a instanceof Place) return b instanceof Place && a.location === b.location;
  if (a instanceof Dictionary) return b instanceof Dictionary && isSameDictionary(a, b);
  if (isList(a)) return isList(b) && isSameList(a, b);
  return isMap(a) && isMap(b) && isSameMap(a, b);
}

function isSameMap(a: Readonly<Record<string, Value>>, b: Readonly<Record<string, Value>>): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isIdentical(a[key] ?? null, b[key] ?? null))
  );
}

function isSameList(a: readonly Value[], b: readonly Value[]): boolean {
  const isSameKind = itemKindOf(a) === itemKindOf(b) && (a === nilList) === (b === nilList);
  return isSameKind && a.length === b.length && a.every((item, i) => isIdentical(item, b[i] ?? null));
}

function isSameDictionary(a: Dictionary, b: Dictionary): boolean {
  return (
    a.size === b.size &&
    a.missing === b.missing &&
    a.entries().every(([key, value]) => {
      const other = b.get(key);
      return other !== undefined && isIdentical(value, other);
    })
  );
}
