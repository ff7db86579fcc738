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
  for (const [key, preset] of presetsOf(schema)) {
    if (value[key] === undefined) result = { ...result, [key]: preset };
  }
  for (const [key, inner] of Object.entries(result)) {
    const known = fieldSchema(schema, key);
    if (known === undefined) continue;
    const filled = applySchemaDefaults(known, inner);
    if (filled !== inner) result = { ...result, [key]: filled };
  }
  return result;
}

const presets = new WeakMap<Schema, readonly (readonly [key: string, preset: unknown])[]>();

/** The fields with a default. Few fields of a schema have one, and every write asks for them. */
function presetsOf(schema: Schema): readonly (readonly [key: string, preset: unknown])[] {
  const known = presets.get(schema);
  if (known !== undefined) return known;
  const found = Object.entries(schema.properties ?? {})
    .filter(([, inner]) => inner.default !== undefined)
    .map(([key, inner]) => [key, inner.default] as const);
  presets.set(schema, found);
  return found;
}

function mapIfChanged(items: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  const changed = items.map(change);
  return changed.some((item, i) => item !== items[i]) ? changed : items;
}
