import { isObject, isEqual, type JsonObject } from '#core/json/json.js';
import { fieldSchema, type Schema } from '../schema/schema.js';
import { emptySet, insertPath, type FieldSet } from './field-set.js';
import { isBlank, shapeOf } from './shape.js';

/** The paths that a value sets, as an applied configuration owns them. */
export function fieldsOf(schema: Schema | undefined, value: unknown): FieldSet {
  const shape = shapeOf(schema, value);
  if (shape.kind === 'leaf') return { ...emptySet, isMember: true };
  const children = new Map<string, FieldSet>();
  if (shape.kind === 'list') {
    for (const item of value as readonly unknown[])
      children.set(shape.elementOf(item), { ...fieldsOf(schema?.items, item), isMember: true });
    return { isMember: false, children };
  }
  for (const [key, inner] of Object.entries(value as JsonObject)) {
    const isDeclared = schema?.properties !== undefined && Object.hasOwn(schema.properties, key);
    const isEmptyMap = inner === null || (isObject(inner) && Object.keys(inner).length === 0);
    const child = fieldsOf(fieldSchema(schema, key), inner);
    children.set(`f:${key}`, isEmptyMap || !isDeclared ? { ...child, isMember: true } : child);
  }
  return { isMember: false, children };
}

/** The paths by which two values differ. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** What leads from one value to another. A path is added or removed together with everything below it. */
export function compareFields(schema: Schema | undefined, from: unknown, to: unknown): Comparison {
  const result = { added: emptySet, modified: emptySet, removed: emptySet };
  walk(schema, from, to, [], (kind, path) => {
    result[kind] = insertPath(result[kind], path);
  });
  return result;
}

type Report = (kind: keyof Comparison, path: readonly string[]) => void;

function walk(
  schema: Schema | undefined,
  from: unknown,
  to: unknown,
  path: readonly string[],
  report: Report,
): void {
  if (from === to) return;
  const shape = shapeOf(schema, to ?? from);
  const isOfOneKind = from === undefined || to === undefined || shapeOf(schema, from).kind === shape.kind;
  if (shape.kind === 'leaf' || !isOfOneKind || (isBlank(from) && isBlank(to))) {
    if (from === undefined) report('added', path);
    else if (to === undefined) report('removed', path);
    else if (!isEqual(from, to)) report('modified', path);
    return;
  }
  const [before, after] =
    shape.kind === 'list' ? [byElement(shape, from), byElement(shape, to)] : [byField(from), byField(to)];
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    const below = shape.kind === 'list' ? schema?.items : fieldSchema(schema, element.slice(2));
    walk(below, before.get(element), after.get(element), [...path, element], report);
  }
  if (from === undefined) report('added', path);
  else if (to === undefined) report('removed', path);
}

/** The items of a keyed list by their path elements; of equal ones the first counts. */
export function byElement(
  shape: { readonly elementOf: (item: unknown) => string },
  value: unknown,
): ReadonlyMap<string, unknown> {
  const items = new Map<string, unknown>();
  for (const item of Array.isArray(value) ? value : []) {
    const element = shape.elementOf(item);
    if (!items.has(element)) items.set(element, item);
  }
  return items;
}

function byField(value: unknown): ReadonlyMap<string, unknown> {
  const fields = Object.entries(isObject(value) ? value : {}).filter(([, inner]) => inner !== undefined);
  return new Map(fields.map(([key, inner]) => [`f:${key}`, inner]));
}
