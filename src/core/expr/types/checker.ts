import type { Builtin } from '../builtins/builtin.js';
import { builtins } from '../builtins/index.js';
import { predicateRules } from '../builtins/predicates.js';
import { ExprError } from '../expr-error.js';
import { compilePattern } from '../run/pattern.js';
import type { Node } from '../syntax/node.js';
import { typeOfValue } from '../values/type-of.js';
import { checkMember, checkSlice } from './check-access.js';
import { checkCall, checkFunction } from './check-calls.js';
import { binaryType, commonType, mismatch, unaryType } from './operator-types.js';
import { isSameKind } from './relations.js';
import { ownFunction, type Of, type Scope } from './scope.js';
import {
  anyListType,
  anyMapType,
  describeType,
  functionType,
  looseListOf,
  unknownType,
  type ValueType,
} from './value-type.js';

/** A tree that can run, with the type of each of its parts. */
export interface Checked {
  readonly type: ValueType;
  readonly types: Map<Node, ValueType>;
}

/** Checks a whole tree. Throws ExprError at the first thing that cannot work, even where it would never run. */
export function checkTree(
  tree: Node,
  variables: ReadonlyMap<string, ValueType>,
  functions: Readonly<Record<string, Builtin>>,
): Checked {
  const types = new Map<Node, ValueType>();
  return { type: check(tree, { variables, functions, locals: new Map(), types, check }), types };
}

function check(tree: Node, scope: Scope): ValueType {
  const type = checkNode(tree, scope);
  scope.types.set(tree, type);
  return type;
}

function checkNode(tree: Node, scope: Scope): ValueType {
  switch (tree.node) {
    case 'literal':
      return typeOfValue(tree.value);
    case 'name':
      return checkName(tree, scope);
    case 'pointer':
      return checkPointer(tree, scope);
    case 'unary':
      return checkUnary(tree, scope);
    case 'binary':
      return checkBinary(tree, scope);
    case 'member':
      return checkMember(tree, scope);
    case 'slice':
      return checkSlice(tree, scope);
    case 'chain':
      return check(tree.inner, scope);
    case 'call':
      return checkCall(tree, scope);
    case 'function':
      return checkFunction(tree, scope);
    case 'predicate':
      return check(tree.body, scope);
    case 'conditional':
      return checkConditional(tree, scope);
    case 'list':
      return checkList(tree, scope);
    case 'map':
      return checkMap(tree, scope);
    case 'let':
      return checkLet(tree, scope);
    case 'sequence':
      return tree.steps.map((step) => check(step, scope)).at(-1) ?? unknownType;
  }
}

function checkName(tree: Of<'name'>, scope: Scope): ValueType {
  const { name, at } = tree;
  if (name === '$env' && !scope.locals.has(name)) return unknownType;
  const type = scope.locals.get(name) ?? scope.variables.get(name);
  if (type !== undefined) return type;
  if (isFunctionName(name, scope)) return functionType;
  throw new ExprError(`unknown name ${name}`, at);
}

function isFunctionName(name: string, scope: Scope): boolean {
  const own = ownFunction(scope.functions, name) ?? ownFunction(builtins, name);
  return own !== undefined || predicateRules.has(name);
}

function checkPointer(tree: Of<'pointer'>, { item, pointers = {} }: Scope): ValueType {
  if (tree.name === '') return item ?? unknownType;
  const type = Object.hasOwn(pointers, tree.name) ? pointers[tree.name] : undefined;
  if (type !== undefined) return type;
  throw new ExprError(`unknown pointer #${tree.name}`, tree.at);
}

function checkUnary(tree: Of<'unary'>, scope: Scope): ValueType {
  const operand = check(tree.operand, scope);
  const type = unaryType(tree.operator, operand);
  if (type !== undefined) return type;
  throw new ExprError(
    `invalid operation: ${tree.operator} (mismatched type ${describeType(operand)})`,
    tree.at,
  );
}

function checkBinary(tree: Of<'binary'>, scope: Scope): ValueType {
  const left = check(tree.left, scope);
  const right = check(tree.right, scope);
  const { right: constant } = tree;
  if (tree.operator === 'matches' && constant.node === 'literal' && typeof constant.value === 'string') {
    compilePattern(constant.value, constant.at);
  }
  const type = binaryType(tree.operator, left, right);
  if (type === undefined) throw mismatch(tree.operator, left, right, tree.at);
  return type;
}

function checkConditional(tree: Of<'conditional'>, scope: Scope): ValueType {
  const test = check(tree.test, scope);
  if (test.kind !== 'bool' && test.kind !== 'unknown') {
    throw new ExprError(`non-bool expression (type ${describeType(test)}) used as condition`, tree.test.at);
  }
  return commonType(check(tree.yes, scope), check(tree.no, scope));
}

/** Items of one kind are taken for what the last one is. */
function checkList(tree: Of<'list'>, scope: Scope): ValueType {
  const types = tree.items.map((item) => check(item, scope));
  const last = types.at(-1) ?? unknownType;
  const areAlike = types.every((type, i) => isSameKind(type, types[i - 1] ?? type));
  return areAlike ? looseListOf(last) : anyListType;
}

function checkMap(tree: Of<'map'>, scope: Scope): ValueType {
  for (const { key, value } of tree.entries) {
    check(key, scope);
    check(value, scope);
  }
  return anyMapType;
}

function checkLet(tree: Of<'let'>, scope: Scope): ValueType {
  const { name, at } = tree;
  if (scope.variables.has(name) || ownFunction(scope.functions, name) !== undefined)
    throw new ExprError(`cannot redeclare ${name}`, at);
  if (isFunctionName(name, scope)) throw new ExprError(`cannot redeclare builtin ${name}`, at);
  if (scope.locals.has(name)) throw new ExprError(`cannot redeclare variable ${name}`, at);
  const value = check(tree.value, scope);
  return check(tree.body, { ...scope, locals: new Map([...scope.locals, [name, value]]) });
}

/** Whether a whole condition can be a truth value at all. */
export function canBeBool(type: ValueType): boolean {
  return type.kind === 'bool' || type.kind === 'unknown';
}
