import type { Node } from '../syntax/node.js';
import type { Of } from '../types/scope.js';
import { mapNode } from './map-node.js';

/** One way to do the same with less work; `undefined` where it does not apply. */
export type Rewrite = (tree: Node) => Node | undefined;

/** `map(filter(…), …)` in one go. */
const mapFiltered: Rewrite = (tree) => {
  const filter = filterIn(tree, 'map');
  const predicate = tree.node === 'function' ? tree.args[1] : undefined;
  if (filter === undefined || filter.mapped !== undefined || predicate?.node !== 'predicate')
    return undefined;
  return usesIndex(predicate) ? undefined : { ...filter, mapped: predicate.body };
};

/** `len(filter(…))` counts. */
const countFiltered: Rewrite = (tree) => {
  const filter = filterIn(tree, 'len');
  return filter && { ...call('count', filter.args, tree.at) };
};

/** `last(filter(…))` and `filter(…)[-1]` find. */
const lastFiltered: Rewrite = (tree) => foundIn(tree, 'last', 'findLast', -1n);

/** `first(filter(…))` and `filter(…)[0]` find. */
const firstFiltered: Rewrite = (tree) => foundIn(tree, 'first', 'find', 0n);

function foundIn(tree: Node, outer: string, found: string, place: bigint): Node | undefined {
  const isPlaced =
    tree.node === 'member' &&
    !tree.optional &&
    tree.property.node === 'literal' &&
    tree.property.value === place;
  const filter = isPlaced ? asFilter(tree.base) : filterIn(tree, outer);
  if (filter === undefined) return undefined;
  const find = { ...filter, name: found, at: tree.at };
  return isPlaced ? { ...find, mustFind: true } : find;
}

/** `sum(map(…))` adds as it goes. */
const sumMapped: Rewrite = (tree) => {
  if (tree.node !== 'function' || tree.name !== 'sum' || tree.args.length !== 1) return undefined;
  const [map] = tree.args;
  return map?.node === 'function' && map.name === 'map' ? call('sum', map.args, tree.at) : undefined;
};

/** `count(…) > 0` and `count(…) >= 1` ask for any. */
const anyCounted: Rewrite = (tree) => {
  const counted = countCompared(tree);
  if (counted === undefined) return undefined;
  const { operator, limit, count } = counted;
  const asksAny = (operator === '>' && limit === 0n) || (operator === '>=' && limit === 1n);
  return asksAny ? call('any', count.args, tree.at) : undefined;
};

/** A count that is compared with a number stops when that is decided. */
const boundedCount: Rewrite = (tree) => {
  const counted = countCompared(tree);
  if (counted === undefined || tree.node !== 'binary' || counted.count.enough !== undefined) return undefined;
  const { operator, limit, count } = counted;
  const enough = operator === '>' || operator === '<=' ? limit + 1n : limit;
  return enough <= 1n || limit < 0n ? undefined : { ...tree, left: { ...count, enough } };
};

/** In this order each pass goes over the whole tree. */
export const filterRewrites: readonly Rewrite[] = [mapFiltered, countFiltered, lastFiltered, firstFiltered];
/** As {@link filterRewrites}, after sums have been looked at. */
export const countRewrites: readonly Rewrite[] = [sumMapped, anyCounted, boundedCount];

function call(name: string, args: readonly Node[], at: number): Of<'function'> {
  return { node: 'function', name, args, builtinOnly: true, at };
}

function asFilter(tree: Node | undefined): Of<'function'> | undefined {
  const isFilter = tree?.node === 'function' && tree.name === 'filter' && tree.args.length === 2;
  return isFilter ? tree : undefined;
}

/** The filter that stands as first argument of a function. */
function filterIn(tree: Node, outer: string): Of<'function'> | undefined {
  const isOuter = tree.node === 'function' && tree.name === outer;
  return isOuter && tree.args.length === (outer === 'map' ? 2 : 1) ? asFilter(tree.args[0]) : undefined;
}

function usesIndex(tree: Node): boolean {
  if (tree.node === 'pointer') return tree.name === 'index';
  let isUsed = false;
  mapNode(tree, (part) => {
    isUsed ||= usesIndex(part);
    return part;
  });
  return isUsed;
}

interface Counted {
  readonly operator: string;
  readonly limit: bigint;
  readonly count: Of<'function'>;
}

function countCompared(tree: Node): Counted | undefined {
  if (tree.node !== 'binary' || !['>', '>=', '<', '<='].includes(tree.operator)) return undefined;
  const { left, right, operator } = tree;
  const isCount = left.node === 'function' && left.name === 'count' && left.args.length === 2;
  if (!isCount || right.node !== 'literal' || typeof right.value !== 'bigint') return undefined;
  return { operator, limit: right.value, count: left };
}
