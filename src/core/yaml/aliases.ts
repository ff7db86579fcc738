import { isObject } from '#core/json/json.js';

/** Why aliases of a parsed document cannot be written out, in the words of the peer's parser; `undefined` when they can. */
export function aliasProblem(document: unknown): string | undefined {
  const sizes = new Map<object, number>();
  const isEndless = !measure(document, sizes, new Set());
  if (isEndless) return 'anchor value contains itself';
  const all = sizeOf(document, sizes);
  const written = [...sizes.keys()].reduce((sum, part) => sum + 1 + leavesOf(part), 0);
  const aliased = all - written;
  const isExcessive = aliased > 100 && all > 1000 && written / all < 1 - allowedShare(all);
  return isExcessive ? 'document contains excessive aliasing' : undefined;
}

/** As in go-yaml: small documents may be nearly all aliases, large ones a tenth. */
function allowedShare(size: number): number {
  const [low, high] = [400_000, 4_000_000];
  if (size <= low) return 0.99;
  return size >= high ? 0.1 : 0.99 - (0.89 * (size - low)) / (high - low);
}

/** Fills in how many nodes each map and list has when every alias is written out; false when one contains itself. */
function measure(part: unknown, sizes: Map<object, number>, open: Set<object>): boolean {
  if (!isPart(part) || sizes.has(part)) return true;
  if (open.has(part)) return false;
  open.add(part);
  const children = childrenOf(part);
  if (!children.every((child) => measure(child, sizes, open))) return false;
  open.delete(part);
  const keys = Array.isArray(part) ? 0 : children.length;
  sizes.set(
    part,
    children.reduce<number>((sum, child) => sum + sizeOf(child, sizes), 1 + keys),
  );
  return true;
}

function sizeOf(part: unknown, sizes: ReadonlyMap<object, number>): number {
  return isPart(part) ? (sizes.get(part) ?? 1) : 1;
}

/** What stands in a map or list itself: keys and values that are neither. */
function leavesOf(part: object): number {
  const children = childrenOf(part);
  const leaves = children.filter((child) => !isPart(child)).length;
  return Array.isArray(part) ? leaves : leaves + children.length;
}

function childrenOf(part: object): readonly unknown[] {
  return Array.isArray(part) ? part : Object.values(part);
}

function isPart(value: unknown): value is object {
  return Array.isArray(value) || isObject(value);
}
