import type { Builtin } from '../builtins/builtin.js';
import type { Node } from '../syntax/node.js';
import { ownFunction, type Of } from '../types/scope.js';
import { isIntType } from '../types/relations.js';
import { unknownType, type ValueType } from '../types/value-type.js';
import { combinePredicates } from './combine.js';
import { countRewrites, filterRewrites, type Rewrite } from './filters.js';
import { fold } from './fold.js';
import { mapNode } from './map-node.js';
import { compareWithRange, sumList, sumRange } from './sums.js';

/**
 * The tree that the peer's engine runs: its rewrites can be seen where a part would fail that they leave out. The types of
 * new parts are added to `types`. Throws ExprError for a division of written ints by zero.
 */
export function optimise(
  tree: Node,
  types: Map<Node, ValueType>,
  functions: Readonly<Record<string, Builtin>>,
): Node {
  const isInt = (part: Node): boolean => ['int', 'month', 'weekday'].includes(types.get(part)?.kind ?? '');
  const { functions: called, operators } = usedIn(tree);
  const passes: readonly Rewrite[] = [
    ...(called.size > 0 ? [(part: Node) => withFloats(part, functions, types)] : []),
    ...(operators.has('in') ? [(part: Node) => asSet(part, isInt)] : []),
    ...(operators.size + called.size > 0 ? [fold] : []),
    ...(operators.has('in') ? [(part: Node) => compareWithRange(part, isInt)] : []),
    ...(called.size > 0 ? listPasses : []),
  ];
  return passes.reduce((all, rewrite) => walk(all, rewrite, types), tree);
}

const listPasses: readonly Rewrite[] = [
  ...filterRewrites,
  combinePredicates,
  sumRange,
  sumList,
  ...countRewrites,
];

interface Used {
  readonly functions: Set<string>;
  readonly operators: Set<string>;
}

/** The names of everything that is called and of every operator. */
function usedIn(tree: Node, used: Used = { functions: new Set(), operators: new Set() }): Used {
  if (tree.node === 'function') used.functions.add(tree.name);
  if (tree.node === 'unary' || tree.node === 'binary') used.operators.add(tree.operator);
  mapNode(tree, (part) => {
    usedIn(part, used);
    return part;
  });
  return used;
}

/** Rewrites the parts before the whole. */
function walk(tree: Node, rewrite: Rewrite, types: Map<Node, ValueType>): Node {
  let isChanged = false;
  const mapped = mapNode(tree, (part) => {
    const changed = walk(part, rewrite, types);
    isChanged ||= changed !== part;
    return changed;
  });
  const kept = isChanged ? mapped : tree;
  const result = rewrite(kept) ?? kept;
  const type = types.get(tree);
  if (type !== undefined && result !== tree && !types.has(result)) types.set(result, type);
  return result;
}

/** Written ints where the host wants a float are meant as floats. */
function withFloats(
  tree: Node,
  functions: Readonly<Record<string, Builtin>>,
  types: ReadonlyMap<Node, ValueType>,
): Node | undefined {
  const own = tree.node === 'function' && !tree.builtinOnly ? ownFunction(functions, tree.name) : undefined;
  if (own === undefined || tree.node !== 'function') return undefined;
  return {
    ...tree,
    args: tree.args.map((arg, i) =>
      own.params[i] === 'float' && isIntType(types.get(arg) ?? unknownType) ? asFloat(arg) : arg,
    ),
  };
}

/** An int as a float, also those in a sum or product. */
function asFloat(tree: Node): Node {
  if (tree.node === 'literal' && typeof tree.value === 'bigint')
    return { ...tree, value: Number(tree.value) };
  if (tree.node === 'unary') return { ...tree, operand: asFloat(tree.operand) };
  const isArithmetic = tree.node === 'binary' && ['+', '-', '*'].includes(tree.operator);
  return isArithmetic ? { ...tree, left: asFloat(tree.left), right: asFloat(tree.right) } : tree;
}

/** `in` a list of written ints or texts looks the value up. */
function asSet(tree: Node, isInt: (part: Node) => boolean): Node | undefined {
  if (tree.node !== 'binary' || tree.operator !== 'in' || tree.right.node !== 'list') return undefined;
  const { items } = tree.right;
  const areAll = (kind: string): boolean =>
    items.length > 0 && items.every((item) => item.node === 'literal' && typeof item.value === kind);
  const setOf = areAll('bigint') && isInt(tree.left) ? 'int' : areAll('string') ? 'string' : undefined;
  return setOf === undefined ? undefined : ({ ...tree, setOf } satisfies Of<'binary'>);
}
