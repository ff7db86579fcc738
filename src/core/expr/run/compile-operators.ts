import { ExprError } from '../expr-error.js';
import type { Of } from '../types/scope.js';
import { describeValue } from '../values/type-of.js';
import { isNil, type Value } from '../values/value.js';
import type { Compiler, Run } from './frame.js';
import { negate, operators } from './operators.js';

/** `not`, `+` and `-` before a part. */
export function compileUnary(tree: Of<'unary'>, compiler: Compiler): Run {
  const operand = compiler.compile(tree.operand);
  if (tree.operator === 'not' || tree.operator === '!') return (frame) => !truth(operand(frame), '!');
  return tree.operator === '+' ? operand : (frame) => negate(operand(frame));
}

/** A value that must be true or false. Throws ExprError for any other. */
export function truth(value: Value, operator: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new ExprError(`invalid operation: ${operator} on ${describeValue(value)}, not bool`);
}

/** An operator between two parts. */
export function compileBinary(tree: Of<'binary'>, compiler: Compiler): Run {
  const left = compiler.compile(tree.left);
  const right = compiler.compile(tree.right);
  switch (tree.operator) {
    case 'and':
    case '&&':
      return (frame) => truth(left(frame), 'and') && right(frame);
    case 'or':
    case '||':
      return (frame) => truth(left(frame), 'or') || right(frame);
    case '??':
      return (frame) => {
        const value = left(frame);
        return isNil(value) ? right(frame) : value;
      };
    default:
      return applying(tree, left, right, compiler);
  }
}

function applying(tree: Of<'binary'>, left: Run, right: Run, compiler: Compiler): Run {
  const apply = operators[tree.operator];
  if (apply === undefined) throw new ExprError(`unknown operator ${tree.operator}`, tree.at);
  const kind = tree.operator === 'in' ? tree.setOf : equalKind(tree, compiler);
  if (kind === undefined) return (frame) => apply(left(frame), right(frame), frame.machine);
  if (tree.operator !== 'in') {
    return (frame) => apply(known(left(frame), kind), known(right(frame), kind), frame.machine);
  }
  // What is not there stands for the zero of its type.
  const zero = kind === 'int' ? 0n : '';
  return (frame) => apply(known(left(frame) ?? zero, kind), right(frame), frame.machine);
}

/** What both operands of `==` are known to be, when that is ints or texts. */
function equalKind(
  { operator, left, right }: Of<'binary'>,
  { types }: Compiler,
): 'int' | 'string' | undefined {
  const kind = types.get(left)?.kind;
  if ((operator !== '==' && operator !== '!=') || kind !== types.get(right)?.kind) return undefined;
  return kind === 'int' || kind === 'string' ? kind : undefined;
}

/** A value that the checker took for an int or a text. Throws ExprError when it turned out to be none. */
function known(value: Value, kind: 'int' | 'string'): Value {
  if (typeof value === (kind === 'int' ? 'bigint' : 'string')) return value;
  throw new ExprError(`interface conversion: interface {} is ${describeValue(value)}, not ${kind}`);
}
