import { isObject, type JsonObject } from './json.js';

/** The field as an object; an empty one when it is absent or something else. */
export function objectAt(holder: unknown, field: string): JsonObject {
  const value = isObject(holder) ? holder[field] : undefined;
  return isObject(value) ? value : {};
}

/** The objects of a list field, in order; none when it is absent or something else. */
export function objectsAt(holder: unknown, field: string): readonly JsonObject[] {
  const value = isObject(holder) ? holder[field] : undefined;
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The strings of a list field, in order. */
export function textsAt(holder: unknown, field: string): readonly string[] {
  const value = isObject(holder) ? holder[field] : undefined;
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function textAt(holder: unknown, field: string): string | undefined {
  const value = isObject(holder) ? holder[field] : undefined;
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(holder: unknown, field: string): number | undefined {
  const value = isObject(holder) ? holder[field] : undefined;
  return typeof value === 'number' ? value : undefined;
}
