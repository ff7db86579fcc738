import { isList, isMap } from '#core/expr/values/shape.js';
import { compareText } from '#core/expr/values/order.js';
import { Moment, Span } from '#core/expr/values/special.js';
import { TemplateError } from '../template-error.js';
import { type Datum, GoFunction, isTrue } from '../value.js';
import { arity, type FunctionTable } from './argument.js';

type Basic = 'bool' | 'int' | 'float' | 'string' | 'nil' | 'time' | 'other';

function basicKind(value: Datum): Basic {
  if (value === null) return 'nil';
  if (value instanceof Span) return 'int';
  if (value instanceof Moment) return 'time';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
      return 'string';
    default:
      return 'other';
  }
}

function number(value: Datum): number | bigint {
  return value instanceof Span ? value.ns : typeof value === 'bigint' ? value : Number(value);
}

/** Go's `==` of templates: values of different types do not compare, nil equals nil alone. */
function isSame(a: Datum, b: Datum): boolean {
  const [left, right] = [basicKind(a), basicKind(b)];
  if (left === 'nil' || right === 'nil') return left === right;
  if (left !== right) throw new TemplateError('incompatible types for comparison');
  if (a instanceof GoFunction || isList(a) || isMap(a)) {
    throw new TemplateError(`error calling eq: non-comparable type`);
  }
  if (a instanceof Moment && b instanceof Moment) return a.epochNs === b.epochNs;
  return left === 'int' || left === 'float' ? number(a) === number(b) : a === b;
}

function isLess(a: Datum, b: Datum): boolean {
  const [left, right] = [basicKind(a), basicKind(b)];
  if (left !== right) throw new TemplateError('incompatible types for comparison');
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b) < 0;
  if (left === 'int' || left === 'float') return number(a) < number(b);
  throw new TemplateError('invalid type for comparison');
}

function pair(name: string, args: readonly Datum[]): readonly [Datum, Datum] {
  arity(name, args, 2);
  return [args[0] ?? null, args[1] ?? null];
}

const order =
  (name: string, holds: (less: boolean, same: () => boolean) => boolean): FunctionTable[string] =>
  (args) => {
    const [a, b] = pair(name, args);
    return holds(isLess(a, b), () => isSame(a, b));
  };

/** Comparison and logic; `and`, `or` and `call` belong to the language itself. */
export const compareFunctions: FunctionTable = {
  eq: (args) => {
    if (args.length < 2) throw new TemplateError('missing argument for comparison');
    const [first = null, ...others] = args;
    return others.some((other) => isSame(first, other));
  },
  ne: (args) => !isSame(...pair('ne', args)),
  lt: order('lt', (less) => less),
  le: order('le', (less, same) => less || same()),
  gt: order('gt', (less, same) => !less && !same()),
  ge: order('ge', (less) => !less),
  not: (args) => {
    arity('not', args, 1);
    return !isTrue(args[0] ?? null);
  },
};
