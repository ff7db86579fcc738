import { isEqual, isObject, type JsonObject } from '#core/json/json.js';
import type { Schema } from '../schema/schema.js';
import { badRequest } from '../status.js';

/** Merges one item of a list; `undefined` when the patch deletes it. */
export type MergeItem = (
  schema: Schema | undefined,
  object: JsonObject,
  patch: JsonObject,
) => JsonObject | undefined;

/** Merges a list by its merge key, or as a set of scalars; `order` is what `$setElementOrder` asks for. */
export function mergeList(
  schema: Schema,
  current: readonly unknown[],
  patch: readonly unknown[],
  order: readonly unknown[] | undefined,
  mergeItem: MergeItem,
): readonly unknown[] {
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  if (mergeKey === undefined) return mergePrimitives(current, patch, order);
  if (patch.some((item) => isObject(item) && item['$patch'] === 'replace' && item[mergeKey] === undefined))
    return patch.filter((item) => isObject(item) && item['$patch'] === undefined);
  const merged = mergeByKey(schema, mergeKey, current, patch, mergeItem);
  const keyOf = (item: unknown): unknown => (isObject(item) ? item[mergeKey] : undefined);
  return reorder(merged, current, keyOf, (order ?? patch).map(keyOf));
}

/** Adds the scalars that are not there yet. */
export function mergePrimitives(
  current: readonly unknown[],
  patch: readonly unknown[],
  order: readonly unknown[] | undefined,
): readonly unknown[] {
  const added = patch.filter((item) => !current.some((one) => isEqual(one, item)));
  return reorder([...current, ...added], current, (item) => item, order ?? patch);
}

function mergeByKey(
  schema: Schema,
  mergeKey: string,
  current: readonly unknown[],
  patch: readonly unknown[],
  mergeItem: MergeItem,
): readonly unknown[] {
  const result = [...current];
  for (const item of patch) {
    if (!isObject(item))
      throw badRequest(`the list is merged by ${mergeKey}, but an element is not an object`);
    const key = item[mergeKey];
    if (key === undefined)
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    const at = result.findIndex((one) => isObject(one) && isEqual(one[mergeKey], key));
    const before: JsonObject = at < 0 ? {} : (result[at] as JsonObject);
    const merged = mergeItem(schema.items, before, item);
    if (merged === undefined) removeAll(result, mergeKey, key);
    else if (at < 0) result.push(merged);
    else result[at] = merged;
  }
  return result;
}

function removeAll(items: unknown[], mergeKey: string, key: unknown): void {
  for (let i = items.length - 1; i >= 0; i -= 1) {
    const item = items[i];
    if (isObject(item) && isEqual(item[mergeKey], key)) items.splice(i, 1);
  }
}

/**
 * Puts the named elements into the wanted order. The others, which only the server has, go before the first named
 * element that stood behind them on the server, and else to the end.
 */
function reorder(
  items: readonly unknown[],
  before: readonly unknown[],
  identify: (item: unknown) => unknown,
  order: readonly unknown[],
): readonly unknown[] {
  const rankOf = (item: unknown): number => order.findIndex((key) => isEqual(key, identify(item)));
  const named = items.filter((item) => rankOf(item) >= 0).sort((a, b) => rankOf(a) - rankOf(b));
  const serverOnly = items.filter((item) => rankOf(item) < 0);
  const placeOf = (item: unknown): number =>
    before.findIndex((one) => isEqual(identify(one), identify(item)));
  const isBefore = (a: unknown, b: unknown): boolean =>
    placeOf(a) >= 0 && placeOf(b) >= 0 && placeOf(a) < placeOf(b);
  const result: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const waiting = serverOnly.slice(next);
    const end = waiting.findIndex((one) => !isBefore(one, item));
    const ahead = end < 0 ? waiting.length : end;
    result.push(...waiting.slice(0, ahead), item);
    next += ahead;
  }
  return [...result, ...serverOnly.slice(next)];
}
