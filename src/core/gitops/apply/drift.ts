import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual, isObject, type JsonObject } from '#core/json/json.js';

/** So many fields of one manager are named; the rest is counted. */
const maxNamed = 5;

/** Managers whose fields are taken over, and the manifest that decides which of these stay. */
export interface TakenFields {
  readonly managers: readonly string[];
  readonly desired: UnknownObject;
}

/**
 * Who changed which fields of a live object, by its managedFields, as far as applying it changes them back:
 * `kubectl-edit changed data.v; somebody removed data.w`, by way of `/scale` too. Empty when nobody did. Names fields,
 * never values.
 * @param merged - what the server would store; its differences from `live` are the drift.
 * @param self - our own field manager, which is never blamed.
 * @param taken - those whose fields go where the manifest does not have them.
 */
export function driftWords(
  live: UnknownObject,
  merged: UnknownObject,
  self: string,
  taken?: TakenFields,
): string {
  const byManager = new Map<string, Set<string>>();
  for (const { manager = 'unknown', fieldsV1, subresource } of live.metadata.managedFields ?? []) {
    if (manager === self || subresource === 'status' || fieldsV1 === undefined) continue;
    const isTaken = taken?.managers.includes(manager) === true;
    const paths = changedPaths(fieldsV1, live, isTaken ? taken.desired : merged, '');
    if (paths.length > 0) {
      byManager.set(manager, new Set([...(byManager.get(manager) ?? []), ...paths]));
    }
  }
  const changed = [...byManager].map(([manager, paths]) => `${manager} changed ${listed([...paths])}`);
  const removed = removedPaths(live, merged, '');
  return [...changed, ...(removed.length === 0 ? [] : [`somebody removed ${listed(removed)}`])].join('; ');
}

function listed(paths: readonly string[]): string {
  const named = paths.slice(0, maxNamed).join(', ');
  return paths.length <= maxNamed ? named : `${named} and ${paths.length - maxNamed} more`;
}

/** The leaves of a field set at which the two differ. */
function changedPaths(fields: JsonObject, live: unknown, merged: unknown, path: string): readonly string[] {
  return Object.entries(fields).flatMap(([key, below]) => {
    if (key === '.') return [];
    const [left, right, name] = [childOf(live, key), childOf(merged, key), nameOf(key)];
    if (isEqual(left, right)) return [];
    const full = joined(path, name);
    const isLeaf = !isObject(below) || Object.keys(below).every((inner) => inner === '.');
    return isLeaf ? [full] : changedPaths(below, left, right, full);
  });
}

/** What a key of a field set (`f:name`, `k:{"name":"web"}`, `v:"text"`, `i:0`) stands for in a value. */
function childOf(value: unknown, key: string): unknown {
  const text = key.slice(2);
  if (key.startsWith('f:')) return isObject(value) ? value[text] : undefined;
  if (!Array.isArray(value)) return undefined;
  if (key.startsWith('i:')) return value[Number(text)];
  const wanted = parseJson(text);
  return value.find((item) =>
    isObject(wanted) && isObject(item)
      ? Object.entries(wanted).every(([field, each]) => isEqual(item[field], each))
      : isEqual(item, wanted),
  );
}

/** `.name`, `["a.b/c"]` or, for an element of a list, `[web]`. */
function nameOf(key: string): string {
  const text = key.slice(2);
  if (key.startsWith('f:')) return fieldName(text);
  const value = parseJson(text);
  return `[${isObject(value) ? Object.values(value).join('/') : String(value)}]`;
}

function fieldName(name: string): string {
  return /^[\w-]+$/.test(name) ? `.${name}` : `["${name}"]`;
}

function joined(path: string, name: string): string {
  return path === '' && name.startsWith('.') ? name.slice(1) : `${path}${name}`;
}

/** Fields of maps that the one lacks and the other has again; nobody owns them any more. */
function removedPaths(live: unknown, merged: unknown, path: string): readonly string[] {
  if (!isObject(merged)) return [];
  return Object.entries(merged).flatMap(([name, value]) => {
    const full = joined(path, fieldName(name));
    if (full === 'status' || full === 'metadata.managedFields') return [];
    const there = isObject(live) ? live[name] : undefined;
    if (there === undefined && value !== undefined) return [full];
    return removedPaths(there, value, full);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not written by an API server; it then names nothing.
    return undefined;
  }
}
