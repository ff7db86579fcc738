import { isObject, type JsonObject } from '#core/json/json.js';
import { fieldSchema, type Schema } from '../schema/schema.js';
import { byElement } from './collect.js';
import { isBlank, shapeOf } from './shape.js';

/** The live value with an applied configuration put over it; fields and items that only one side has stay. */
export function mergeApplied(schema: Schema | undefined, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live;
  if (live === undefined || (isBlank(live) && isBlank(applied))) return applied;
  const shape = shapeOf(schema, applied);
  if (shape.kind === 'leaf' || shapeOf(schema, live).kind !== shape.kind) return applied;
  if (shape.kind === 'list')
    return mergeKeyed(schema?.items, byElement(shape, live), byElement(shape, applied));
  const result: Record<string, unknown> = { ...(live as JsonObject) };
  for (const [key, value] of Object.entries(isObject(applied) ? applied : {}))
    result[key] = mergeApplied(fieldSchema(schema, key), result[key], value);
  return result;
}

/**
 * Merges two keyed lists. Items of both stand in the order of the applied list; items that only the live list has keep
 * their place between them.
 */
function mergeKeyed(
  items: Schema | undefined,
  live: ReadonlyMap<string, unknown>,
  applied: ReadonlyMap<string, unknown>,
): readonly unknown[] {
  const [left, right] = [[...live.keys()], [...applied.keys()]];
  const shared = right.filter((key) => live.has(key));
  const done = new Set<string>();
  const result: unknown[] = [];
  const take = (key: string): void => {
    done.add(key);
    if (shared[0] === key) shared.shift();
    result.push(mergeApplied(items, live.get(key), applied.get(key)));
  };
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const [lKey, rKey] = [left[l], right[r]];
    if (lKey !== undefined && lKey === rKey) {
      take(lKey);
      [l, r] = [l + 1, r + 1];
    } else if (lKey !== undefined && !applied.has(lKey)) {
      take(lKey);
      l += 1;
    } else if (lKey !== undefined && (done.has(lKey) || (rKey !== undefined && shared[0] !== lKey))) {
      l += 1;
    } else if (rKey !== undefined) {
      if (!done.has(rKey)) take(rKey);
      r += 1;
    }
  }
  return result;
}
