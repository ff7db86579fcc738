import type { StructuralSchema } from './structural.js';

/**
 * Paths of the fields that the schema does not know and that the API server would therefore drop: mostly misspelt ones.
 * Empty where the schema keeps unknown fields.
 */
export function findUnknownFields(schema: StructuralSchema, value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) {
    const items = asObject(schema['items']);
    return value.flatMap((item, i) => findUnknownFields(items, item, `${path}[${i}]`));
  }
  const properties = asObject(schema['properties']);
  const ofMap = schema['additionalProperties'];
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || isWhole(schema, path);
  return Object.entries(asObject(value)).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const known = properties[name] ?? ofMap;
    if (known !== undefined) return findUnknownFields(asObject(known), inner, at);
    return isOpen ? [] : [at];
  });
}

/** `metadata` is known to the API server itself, whatever the schema says. */
function isWhole(schema: StructuralSchema, path: string): boolean {
  return path === 'metadata' && schema['properties'] === undefined;
}

function asObject(value: unknown): StructuralSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
