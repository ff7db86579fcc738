import { Dictionary } from './dictionary.js';
import { Moment, NamedInt, Place, Span } from './special.js';
import { type Value, isList, isMap, isNil, isNumber } from './value.js';

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
