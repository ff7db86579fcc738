import { ExprError } from '../expr-error.js';
import { Machine } from '../run/machine.js';
import { operators } from '../run/operators.js';
import type { Node } from '../syntax/node.js';
import type { Of } from '../types/scope.js';
import type { Value } from '../values/value.js';

/** A part whose value is written down, as the literal that it is; `undefined` for any other. */
export function fold(tree: Node): Node | undefined {
  switch (tree.node) {
    case 'unary':
      return foldUnary(tree);
    case 'binary':
      return tree.operator in connectives ? foldConnective(tree) : foldOperator(tree);
    case 'function':
      return foldFilters(tree);
    default:
      return undefined;
  }
}

function foldUnary({ operator, operand, at }: Of<'unary'>): Node | undefined {
  if (operand.node !== 'literal') return undefined;
  const { value } = operand;
  if (typeof value === 'boolean' && (operator === '!' || operator === 'not'))
    return { node: 'literal', value: !value, at };
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  if (operator === '+') return operand;
  return { node: 'literal', value: typeof value === 'bigint' ? BigInt.asIntN(64, -value) : -value, at };
}

const connectives: Readonly<Record<string, 'and' | 'or'>> = { and: 'and', '&&': 'and', or: 'or', '||': 'or' };

/** A constant on either side decides without the other, or gives way to it. */
function foldConnective({ operator, left, right, at }: Of<'binary'>): Node | undefined {
  const decisive = connectives[operator] === 'or';
  if (isBool(left, !decisive)) return right;
  if (isBool(right, !decisive)) return left;
  if (isBool(left, decisive) || isBool(right, decisive)) return { node: 'literal', value: decisive, at };
  return undefined;
}

function isBool(tree: Node, value: boolean): boolean {
  return tree.node === 'literal' && tree.value === value;
}

const arithmetic = new Set(['+', '-', '*', '/', '**', '^']);

function foldOperator({ operator, left, right, at }: Of<'binary'>): Node | undefined {
  const apply = operators[operator];
  if (left.node !== 'literal' || right.node !== 'literal' || apply === undefined) return undefined;
  const [a, b] = [left.value, right.value];
  if (!canFold(operator, a, b)) return undefined;
  if (operator === '%' && b === 0n) throw new ExprError('integer divide by zero', at);
  const value = apply(a, b, new Machine(new Map(), 0));
  const isPlain = typeof value !== 'object' && value !== null;
  return isPlain ? { node: 'literal', value, at } : undefined;
}

function canFold(operator: string, a: Value, b: Value): boolean {
  const kinds = [typeof a, typeof b];
  const areAll = (kind: string): boolean => kinds.every((each) => each === kind);
  if (operator === '%') return areAll('bigint');
  if (operator === '==') return areAll('bigint') || areAll('string') || areAll('boolean');
  const areNumbers = kinds.every((kind) => kind === 'number' || kind === 'bigint');
  return (arithmetic.has(operator) && areNumbers) || (operator === '+' && areAll('string'));
}

/** A filter of a filter is one of both predicates. */
function foldFilters(tree: Of<'function'>): Node | undefined {
  const [inner, outer] = tree.args;
  if (tree.name !== 'filter' || inner?.node !== 'function' || inner.name !== 'filter') return undefined;
  const [list, predicate] = inner.args;
  if (list === undefined || predicate?.node !== 'predicate' || outer?.node !== 'predicate') return undefined;
  const { at } = outer;
  const both = { node: 'binary', operator: '&&', left: predicate.body, right: outer.body, at } as const;
  const body = foldConnective(both) ?? both;
  return { ...tree, args: [list, { node: 'predicate', body, at }] };
}
