import { Special } from './special.js';

/** Narrows to the lists among the values of a language. */
export function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value);
}

/** Narrows to its maps: plain objects, which special values such as moments and functions are not. */
export function isMap<T>(value: T): value is Extract<T, { readonly [key: string]: T }> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Special);
}
