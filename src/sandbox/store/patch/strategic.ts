import { isEqual, isObject, type JsonObject } from '#core/json/json.js';
import { fieldSchema, type Schema } from '../schema/schema.js';
import { badRequest } from '../status.js';
import { mergeList, mergePrimitives } from './strategic-list.js';

/**
 * Applies a strategic merge patch (merge keys and directives `$patch`, `$deleteFromPrimitiveList`, `$setElementOrder`,
 * `$retainKeys`) without touching its input. What the schema does not know is merged as plain JSON.
 */
export function applyStrategicPatch(schema: Schema | undefined, object: unknown, patch: unknown): unknown {
  if (!isObject(patch)) throw badRequest('the strategic merge patch is not an object');
  return mergeObject(schema, isObject(object) ? object : {}, patch);
}

/** Merges one object; `undefined` when the patch deletes it. */
function mergeObject(
  schema: Schema | undefined,
  object: JsonObject,
  patch: JsonObject,
): JsonObject | undefined {
  const { $patch: directive, ...rest } = patch;
  if (directive === 'replace') return withoutDirectives(rest);
  if (directive === 'delete') return undefined;
  if (directive !== undefined && directive !== 'merge')
    throw badRequest(`unknown patch type: ${JSON.stringify(directive)}`);
  const result: Record<string, unknown> = { ...retained(object, rest['$retainKeys']) };
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith('$')) continue;
    const merged = mergeField(fieldSchema(schema, key), result[key], value, rest[`$setElementOrder/${key}`]);
    if (merged === undefined) delete result[key];
    else result[key] = merged;
  }
  applyLoneDirectives(schema, result, rest);
  return result;
}

function retained(object: JsonObject, keys: unknown): JsonObject {
  if (!Array.isArray(keys)) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}

function mergeField(schema: Schema | undefined, current: unknown, value: unknown, order: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) {
    if (!isMerged(schema)) return value.map(withoutNulls);
    return mergeList(
      schema,
      Array.isArray(current) ? current : [],
      value,
      Array.isArray(order) ? order : undefined,
      mergeObject,
    );
  }
  if (!isObject(value)) return value;
  if (strategyOf(schema).includes('replace') && schema?.type === 'object') return withoutDirectives(value);
  return mergeObject(schema, isObject(current) ? current : {}, value);
}

/** Order and deletion directives whose list the patch does not name itself. */
function applyLoneDirectives(
  schema: Schema | undefined,
  result: Record<string, unknown>,
  patch: JsonObject,
): void {
  for (const [key, value] of Object.entries(patch)) {
    const [directive, field] = key.split('/', 2);
    if (field === undefined || !Array.isArray(value)) continue;
    const current = result[field];
    if (directive === '$deleteFromPrimitiveList' && Array.isArray(current))
      result[field] = current.filter((item) => !value.some((gone) => isEqual(gone, item)));
    if (directive !== '$setElementOrder' || patch[field] !== undefined || !Array.isArray(current)) continue;
    const list = fieldSchema(schema, field);
    result[field] =
      list?.['x-kubernetes-patch-merge-key'] === undefined
        ? mergePrimitives(current, [], value)
        : mergeList(list, current, [], value, mergeObject);
  }
}

function isMerged(schema: Schema | undefined): schema is Schema {
  return strategyOf(schema).includes('merge');
}

function strategyOf(schema: Schema | undefined): readonly string[] {
  return schema?.['x-kubernetes-patch-strategy']?.split(',') ?? [];
}

function withoutDirectives(value: JsonObject): JsonObject {
  const kept = Object.entries(value).filter(([key, inner]) => !key.startsWith('$') && inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner)]));
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  return isObject(value) ? withoutDirectives(value) : value;
}
