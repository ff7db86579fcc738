import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { isKubeObject } from '../manifests.js';

/** Where a field is: keys, and `*` for every element of a list. */
export type FieldPath = readonly string[];

/** Splits `spec/selector/matchLabels`. */
export function pathOf(text: string): FieldPath {
  return text.split('/');
}

/**
 * The value with what is at the path changed. A missing map on the way ends it, unless `create` asks to make it; a field
 * that becomes `undefined` is taken out.
 */
function updateAt(
  value: unknown,
  path: FieldPath,
  change: (old: unknown) => unknown,
  create = false,
): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined) return change(value);
  if (segment === '*') {
    return Array.isArray(value) ? value.map((item) => updateAt(item, rest, change, create)) : value;
  }
  const holder = value === undefined && create ? {} : value;
  if (!isObject(holder) || (!(segment in holder) && !create)) return value;
  const next = updateAt(holder[segment], rest, change, create);
  if (next === holder[segment]) return holder;
  const { [segment]: _old, ...others } = holder;
  return next === undefined ? others : { ...holder, [segment]: next };
}

/** {@link updateAt} for a whole object, which stays one. */
export function updateObject(
  object: UnknownObject,
  path: FieldPath,
  change: (old: unknown) => unknown,
  create = false,
): UnknownObject {
  const next = updateAt(object, path, change, create);
  return isKubeObject(next) ? next : object;
}

/** The map with more entries; other values of the field are replaced. */
export function withEntries(more: Readonly<Record<string, string>>): (old: unknown) => unknown {
  return (old) => ({ ...(isObject(old) ? old : {}), ...more });
}
