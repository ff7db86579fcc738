import { isObject } from '#core/json/json.js';
import { fieldSchema, type Schema } from './schema.js';

/** Fills absent fields with the defaults of the schema, inside of what is there and of what was filled. */
export function applySchemaDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : mapIfChanged(value, (item) => applySchemaDefaults(items, item));
  }
  if (!isObject(value)) return value;
  let result = value;
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    if (value[key] === undefined && inner.default !== undefined) result = { ...result, [key]: inner.default };
  }
  for (const [key, inner] of Object.entries(result)) {
    const known = fieldSchema(schema, key);
    if (known === undefined) continue;
    const filled = applySchemaDefaults(known, inner);
    if (filled !== inner) result = { ...result, [key]: filled };
  }
  return result;
}

function mapIfChanged(items: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  const changed = items.map(change);
  return changed.some((item, i) => item !== items[i]) ? changed : items;
}
