import { isObject, type JsonObject } from '#core/json/json.js';
import { fieldSchema, type Schema } from '../schema/schema.js';
import { fieldsOf } from './collect.js';
import { difference, emptySet, intersection, isEmptySet, union, type FieldSet } from './field-set.js';
import { schemaBelow, shapeOf } from './shape.js';

/**
 * Removes from a merged object what its applier applied last time, does not apply now, and nobody else owns.
 * @param last - what the applier owned before.
 * @param managed - what all managers own now, the applier's new configuration included.
 */
export function pruneApplied(
  schema: Schema,
  merged: unknown,
  last: FieldSet | undefined,
  managed: FieldSet,
): unknown {
  if (last === undefined || isEmptySet(last)) return merged;
  const lastNamed = withNamedFields(schema, last);
  const mergedSet = withNamedFields(schema, fieldsOf(schema, merged));
  const setOf = (value: unknown): FieldSet => withNamedFields(schema, fieldsOf(schema, value));
  const pruned = removeItems(schema, merged, lastNamed);
  const owned = union(setOf(pruned), withNamedFields(schema, managed));
  const restored = removeItems(schema, merged, difference(mergedSet, owned));
  return removeItems(schema, merged, intersection(difference(mergedSet, setOf(restored)), lastNamed));
}

/** The set with each declared field that has members below it as a member too. */
function withNamedFields(schema: Schema | undefined, set: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const inner = withNamedFields(schemaBelow(schema, element), child);
    const isNamed =
      element.startsWith('f:') &&
      schema?.properties !== undefined &&
      Object.hasOwn(schema.properties, element.slice(2));
    children.set(element, isNamed && child.children.size > 0 ? { ...inner, isMember: true } : inner);
  }
  return { isMember: set.isMember, children };
}

/** A value without the members of a set; `undefined` when nothing is left of it. */
function removeItems(schema: Schema | undefined, value: unknown, remove: FieldSet): unknown {
  const shape = shapeOf(schema, value);
  if (shape.kind === 'leaf') return Array.isArray(value) || isObject(value) ? undefined : value;
  if (shape.kind === 'list') {
    const kept = (value as readonly unknown[]).flatMap((item) =>
      keep(schema?.items, item, remove, shape.elementOf(item)),
    );
    return kept.length === 0 ? undefined : kept;
  }
  const fields = Object.entries(value as JsonObject).flatMap(([key, inner]) =>
    keep(fieldSchema(schema, key), inner, remove, `f:${key}`).map((one) => [key, one] as const),
  );
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

function keep(
  schema: Schema | undefined,
  value: unknown,
  remove: FieldSet,
  element: string,
): readonly unknown[] {
  const below = remove.children.get(element) ?? emptySet;
  if (below.isMember) return [];
  if (below.children.size === 0) return [value];
  const rest = removeItems(schema, value, below);
  return rest === undefined ? [] : [rest];
}
