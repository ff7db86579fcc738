import { isObject, type JsonObject } from '#core/json/json.js';

/** The fields of an object; none when it is no object. */
export function fields(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The items of a list; none when it is no list. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A scalar as text, or the given text when it is absent or no scalar. */
export function text(value: unknown, absent = ''): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : absent;
}
