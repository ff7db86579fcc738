import { isObject } from '#core/json/json.js';

/** The value at a plain path with a leading dot, `.spec.replicas`; `undefined` when anything on the way is absent. */
export function readPath(value: unknown, path: string): unknown {
  return partsOf(path).reduce<unknown>((inner, part) => (isObject(inner) ? inner[part] : undefined), value);
}

/** A copy of the value with another value at the path. */
export function writePath(value: unknown, path: string, inner: unknown): unknown {
  return writeParts(value, partsOf(path), inner);
}

function writeParts(value: unknown, parts: readonly string[], inner: unknown): unknown {
  const [first, ...rest] = parts;
  if (first === undefined) return inner;
  const fields = isObject(value) ? value : {};
  return { ...fields, [first]: writeParts(fields[first], rest, inner) };
}

function partsOf(path: string): readonly string[] {
  return path.split('.').filter((part) => part !== '');
}
