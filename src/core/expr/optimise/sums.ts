import type { Node } from '../syntax/node.js';
import type { Of } from '../types/scope.js';
import type { Rewrite } from './filters.js';

/** `sum(m..n)`, also of simple predicates, and `reduce(m..n, # + #acc)` over written bounds need no list. */
export const sumRange: Rewrite = (tree) => {
  if (tree.node !== 'function') return undefined;
  const [range, predicate, initial] = tree.args;
  const bounds = range === undefined ? undefined : boundsOf(range);
  if (bounds === undefined) return undefined;
  const { count, total } = bounds;
  const body = predicate?.node === 'predicate' ? predicate.body : undefined;
  const value =
    tree.name === 'sum'
      ? sumOf(tree.args.length, body, count, total)
      : tree.name === 'reduce' && body !== undefined && addsUp(body)
        ? startingAt(initial, total)
        : undefined;
  return value === undefined ? undefined : { node: 'literal', value: BigInt.asIntN(64, value), at: tree.at };
};

/** `sum([a, b, c])` is `a + (b + c)`. */
export const sumList: Rewrite = (tree) => {
  if (tree.node !== 'function' || tree.name !== 'sum' || tree.args.length !== 1) return undefined;
  const [list] = tree.args;
  if (list?.node !== 'list' || list.items.length < 2 || list.items.every(isConstant)) return undefined;
  return list.items.reduceRight((right, left) => ({
    node: 'binary',
    operator: '+',
    left,
    right,
    at: tree.at,
  }));
};

/** `x in m..n` over written bounds is a comparison when x is known to be an int. */
export function compareWithRange(tree: Node, isInt: (part: Node) => boolean): Node | undefined {
  if (tree.node !== 'binary' || tree.operator !== 'in' || !isInt(tree.left)) return undefined;
  const { left, right: range, at } = tree;
  if (range.node !== 'binary' || range.operator !== '..') return undefined;
  if (!isWrittenInt(range.left) || !isWrittenInt(range.right)) return undefined;
  const from: Node = { node: 'binary', operator: '>=', left, right: range.left, at };
  const to: Node = { node: 'binary', operator: '<=', left, right: range.right, at };
  return { node: 'binary', operator: 'and', left: from, right: to, at };
}

/** Lists of nothing but these are made before the run. */
function isConstant(tree: Node): boolean {
  return tree.node === 'literal' && ['boolean', 'number', 'bigint', 'string'].includes(typeof tree.value);
}

function isWrittenInt(tree: Node): tree is Of<'literal'> & { readonly value: bigint } {
  return tree.node === 'literal' && typeof tree.value === 'bigint';
}

function boundsOf(range: Node): { readonly count: bigint; readonly total: bigint } | undefined {
  if (range.node !== 'binary' || range.operator !== '..') return undefined;
  if (!isWrittenInt(range.left) || !isWrittenInt(range.right)) return undefined;
  const [from, to] = [range.left.value, range.right.value];
  if (to < from) return undefined;
  const count = BigInt.asIntN(64, to - from + 1n);
  return { count, total: BigInt.asIntN(64, count * BigInt.asIntN(64, from + to)) / 2n };
}

function sumOf(args: number, body: Node | undefined, count: bigint, total: bigint): bigint | undefined {
  if (args === 1) return total;
  if (args !== 2 || body === undefined) return undefined;
  if (isItem(body)) return total;
  if (body.node !== 'binary') return undefined;
  const { left, right, operator } = body;
  const isLeft = isItem(left);
  const constant = isLeft ? right : isItem(right) ? left : undefined;
  if (constant === undefined || !isWrittenInt(constant)) return undefined;
  if (operator === '*') return constant.value * total;
  if (operator === '+') return total + count * constant.value;
  if (operator !== '-') return undefined;
  return isLeft ? total - count * constant.value : count * constant.value - total;
}

function startingAt(initial: Node | undefined, total: bigint): bigint | undefined {
  if (initial === undefined) return total;
  return isWrittenInt(initial) ? initial.value + total : undefined;
}

function addsUp(body: Node): boolean {
  if (body.node !== 'binary' || body.operator !== '+') return false;
  const isAcc = (tree: Node): boolean => tree.node === 'pointer' && tree.name === 'acc';
  return (isItem(body.left) && isAcc(body.right)) || (isAcc(body.left) && isItem(body.right));
}

function isItem(tree: Node): boolean {
  return tree.node === 'pointer' && tree.name === '';
}
