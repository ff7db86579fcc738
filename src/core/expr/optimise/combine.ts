import type { Node } from '../syntax/node.js';
import type { Of } from '../types/scope.js';
import type { Rewrite } from './filters.js';

/** Which operator the predicates get when two of these calls over the same list are made one. */
const combinations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  all: { and: 'and', '&&': '&&' },
  any: { or: 'or', '||': '||' },
  none: { and: 'or', '&&': '||' },
};

/** `all(x, p) and all(x, q)` goes over the list once; so do `any` with `or` and `none` with `and`. */
export const combinePredicates: Rewrite = (tree) => {
  if (tree.node !== 'binary') return undefined;
  const { left, right, operator, at } = tree;
  if (left.node !== 'function' || right.node !== 'function' || left.name !== right.name) return undefined;
  const combined = Object.hasOwn(combinations, left.name) ? combinations[left.name]?.[operator] : undefined;
  const [list, first] = left.args;
  const [other, second] = right.args;
  if (combined === undefined || list === undefined || other === undefined) return undefined;
  if (first?.node !== 'predicate' || second?.node !== 'predicate' || !isSame(list, other)) return undefined;
  const body: Of<'binary'> = { node: 'binary', operator: combined, left: first.body, right: second.body, at };
  return {
    node: 'function',
    name: left.name,
    args: [list, { node: 'predicate', body: combinePredicates(body) ?? body, at }],
    builtinOnly: true,
    at,
  };
};

/** Whether both are written alike, wherever they stand. */
function isSame(a: Node, b: Node): boolean {
  return written(a) === written(b);
}

function written(tree: Node): string {
  return JSON.stringify(tree, (key, value: unknown) => {
    if (key === 'at') return undefined;
    return typeof value === 'bigint' ? `int ${value}` : value;
  });
}
