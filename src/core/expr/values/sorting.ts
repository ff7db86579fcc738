import { compareValues } from './order.js';
import type { Value } from './value.js';

/** Up to here items are put in one by one, which decides where those go that have no order, such as NaN. */
const shortLength = 12;

/**
 * The items in the order of their keys; those with equal keys stay in their order. Throws ExprError for keys that have none.
 *
 * @param direction - 1 upwards, -1 downwards.
 */
export function sortByKeys(
  items: readonly Value[],
  keys: readonly Value[],
  direction: number,
): readonly Value[] {
  const places = Array.from(items, (_, i) => i);
  const compare = (a: number, b: number): number =>
    direction * compareValues(keys[a] ?? null, keys[b] ?? null, '<');
  const sorted =
    places.length > shortLength ? places.toSorted((a, b) => compare(a, b) || 0) : insertAll(places, compare);
  return sorted.map((at) => items[at] ?? null);
}

function insertAll(places: readonly number[], compare: (a: number, b: number) => number): readonly number[] {
  const sorted: number[] = [];
  for (const place of places) {
    let at = sorted.length;
    while (at > 0 && compare(place, sorted[at - 1] ?? 0) < 0) at -= 1;
    sorted.splice(at, 0, place);
  }
  return sorted;
}
