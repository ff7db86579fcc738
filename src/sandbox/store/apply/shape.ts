import { isObject, type JsonObject } from '#core/json/json.js';
import { fieldSchema, type Schema } from '../schema/schema.js';
import { canonical } from './field-set.js';

/** How the fields of a value are owned: as one, or each on its own. */
export type Shape =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'map' }
  | { readonly kind: 'list'; readonly elementOf: (item: unknown) => string };

const leaf: Shape = { kind: 'leaf' };
const map: Shape = { kind: 'map' };

/** The shape of a value under its schema; without a schema maps are granular and lists atomic. */
export function shapeOf(schema: Schema | undefined, value: unknown): Shape {
  if (Array.isArray(value)) return listShape(schema);
  if (!isObject(value)) return leaf;
  return schema?.['x-kubernetes-map-type'] === 'atomic' ? leaf : map;
}

const listShapes = new WeakMap<Schema, Shape>();

function listShape(schema: Schema | undefined): Shape {
  if (schema === undefined) return leaf;
  const known = listShapes.get(schema);
  if (known !== undefined) return known;
  const shape = makeListShape(schema);
  listShapes.set(schema, shape);
  return shape;
}

function makeListShape(schema: Schema): Shape {
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  const isMerged = schema['x-kubernetes-patch-strategy']?.split(',').includes('merge') === true;
  const declared = schema['x-kubernetes-list-type'];
  const type = declared ?? (!isMerged ? 'atomic' : mergeKey === undefined ? 'set' : 'map');
  const keys = schema['x-kubernetes-list-map-keys'] ?? (mergeKey === undefined ? [] : [mergeKey]);
  if (type === 'set') return { kind: 'list', elementOf: (item) => `v:${canonical(item)}` };
  return type === 'map' ? { kind: 'list', elementOf: (item) => keyElement(schema.items, keys, item) } : leaf;
}

function keyElement(items: Schema | undefined, keys: readonly string[], item: unknown): string {
  const fields: JsonObject = isObject(item) ? item : {};
  const values = keys.map((key) => [key, fields[key] ?? fieldSchema(items, key)?.default] as const);
  return `k:${canonical(Object.fromEntries(values.filter(([, value]) => value !== undefined)))}`;
}

/** The schema below a path element. */
export function schemaBelow(schema: Schema | undefined, element: string): Schema | undefined {
  return element.startsWith('f:') ? fieldSchema(schema, element.slice(2)) : schema?.items;
}

/** Whether a value is absent or has nothing in it. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
