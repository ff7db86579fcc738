import { isObject, type JsonObject } from '#core/json/json.js';

/**
 * A set of field paths as managedFields store them: a tree whose edges are path elements (`f:name`, `k:{"name":"web"}`,
 * `v:"x"`) and whose nodes say whether the path that ends there is a member.
 */
export interface FieldSet {
  readonly isMember: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const emptySet: FieldSet = { isMember: false, children: new Map() };

/** The set with one path more; the input stays as it is. */
export function insertPath(set: FieldSet, path: readonly string[]): FieldSet {
  const [first, ...rest] = path;
  if (first === undefined) return { ...set, isMember: true };
  const children = new Map(set.children);
  children.set(first, insertPath(children.get(first) ?? emptySet, rest));
  return { ...set, children };
}

export function isEmptySet(set: FieldSet): boolean {
  return !set.isMember && [...set.children.values()].every(isEmptySet);
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA || inB);
}

/** The members of `a` that are no members of `b`; members below a member of `b` stay. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA && !inB);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA && inB);
}

function combine(a: FieldSet, b: FieldSet, keep: (inA: boolean, inB: boolean) => boolean): FieldSet {
  // Most branches are in one of the two alone: they are kept or left out whole.
  if (hasNothing(b)) return keep(true, false) ? a : emptySet;
  if (hasNothing(a)) return keep(false, true) ? b : emptySet;
  const children = new Map<string, FieldSet>();
  for (const key of new Set([...a.children.keys(), ...b.children.keys()])) {
    const child = combine(a.children.get(key) ?? emptySet, b.children.get(key) ?? emptySet, keep);
    if (!isEmptySet(child)) children.set(key, child);
  }
  return { isMember: keep(a.isMember, b.isMember), children };
}

function hasNothing(set: FieldSet): boolean {
  return !set.isMember && set.children.size === 0;
}

/** Every member as a list of path elements, in order. */
export function pathsOf(set: FieldSet): readonly (readonly string[])[] {
  const own = set.isMember ? [[]] : [];
  const inner = sortedChildren(set).flatMap(([key, child]) => pathsOf(child).map((path) => [key, ...path]));
  return [...own, ...inner];
}

function sortedChildren(set: FieldSet): readonly (readonly [string, FieldSet])[] {
  return [...set.children].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The form that `fieldsV1` has. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const result: Record<string, unknown> = {};
  if (set.isMember && set.children.size > 0) result['.'] = {};
  for (const [key, child] of sortedChildren(set)) result[key] = toFieldsV1(child);
  return result;
}

/** Reads the form of `fieldsV1`; what is not of that form is left out. */
export function fromFieldsV1(fields: unknown): FieldSet {
  return { isMember: false, children: childrenOf(fields) };
}

function childrenOf(fields: unknown): ReadonlyMap<string, FieldSet> {
  const children = new Map<string, FieldSet>();
  for (const [key, inner] of Object.entries(isObject(fields) ? fields : {})) {
    if (key === '.') continue;
    const isLeaf = isObject(inner) && Object.keys(inner).length === 0;
    const isMember = isLeaf || (isObject(inner) && inner['.'] !== undefined);
    children.set(normalKey(key), { isMember, children: childrenOf(inner) });
  }
  return children;
}

function normalKey(key: string): string {
  if (!key.startsWith('k:') && !key.startsWith('v:')) return key;
  return key.slice(0, 2) + canonical(JSON.parse(key.slice(2)));
}

/** JSON text with sorted keys, so that equal values have equal texts. */
export function canonical(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** A path as messages print it: `.spec.containers[name="web"].image`. */
export function printPath(path: readonly string[]): string {
  return path.map(printElement).join('');
}

function printElement(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${text}]`;
  if (element.startsWith('i:')) return `[${text}]`;
  const keys = Object.entries(JSON.parse(text) as JsonObject);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}
