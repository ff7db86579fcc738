import { isObject } from '#core/json/json.js';
import { builtinSchema, objectMetaName } from '../builtin/definitions.js';
import { fieldSchema, keepsUnknown, type Schema } from './schema.js';

/** How {@link prune} goes about it, and what it found besides the value. */
export interface PruneWalk {
  /** Gets the paths of the fields that no schema names, for instance `spec.foo`. */
  readonly unknown: string[];
  /** Whether `null` and empty lists and maps count as absent, as they do for built-in kinds. */
  readonly dropsNull: boolean;
}

/**
 * Drops the fields that the schema does not name, all the way down. Lists and unchanged parts are shared with the
 * input.
 */
export function prune(schema: Schema, value: unknown, walk: PruneWalk, path = ''): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    return value.map((item, i) => prune(items, item, walk, `${path}[${i}]`));
  }
  if (!isObject(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const kept = pruneField(schema, key, inner, walk, path);
    if (kept !== undefined) result[key] = kept;
  }
  return result;
}

function pruneField(schema: Schema, key: string, value: unknown, walk: PruneWalk, path: string): unknown {
  const at = path === '' ? key : `${path}.${key}`;
  const inner = fieldSchema(schema, key) ?? embeddedField(schema, key);
  if (inner === undefined) {
    if (keepsUnknown(schema)) return value;
    walk.unknown.push(at);
    return undefined;
  }
  if (value === null) return walk.dropsNull ? undefined : prunedNull(inner);
  const pruned = prune(inner, value, walk, at);
  const mayBeAbsent = walk.dropsNull && schema.required?.includes(key) !== true;
  return mayBeAbsent && isEmptyCollection(inner, pruned) ? undefined : pruned;
}

/** Built-in kinds do not show lists and maps that have nothing in them. */
function isEmptyCollection(schema: Schema, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  const isMap = typeof schema.additionalProperties === 'object';
  return isMap && isObject(value) && Object.keys(value).length === 0;
}

/** A null that may not be one makes way for the default, if there is one. */
function prunedNull(schema: Schema): null | undefined {
  return schema.nullable !== true && schema.default !== undefined ? undefined : null;
}

/** The fields that every embedded object has although its schema need not name them. */
function embeddedField(schema: Schema, key: string): Schema | undefined {
  if (schema['x-kubernetes-embedded-resource'] !== true) return undefined;
  if (key === 'metadata') return builtinSchema(objectMetaName);
  return key === 'apiVersion' || key === 'kind' ? { type: 'string' } : undefined;
}
