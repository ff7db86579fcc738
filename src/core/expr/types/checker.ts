import { type Builtin, findCallProblem, resultType } from '../builtins/builtin.js';
import { builtins } from '../builtins/index.js';
import { predicateRules } from '../builtins/predicates.js';
import { ExprError } from '../expr-error.js';
import { findMethod } from '../methods/find-method.js';
import { compilePattern } from '../run/pattern.js';
import { namespacedName } from '../syntax/namespace.js';
import type { Node } from '../syntax/node.js';
import { typeOfValue } from '../values/type-of.js';
import { binaryType, commonType, mismatch, unaryType } from './operator-types.js';
import {
  type ValueType,
  boolType,
  describeType,
  functionType,
  intType,
  isSameType,
  looseListOf,
  mapOf,
  unknownType,
} from './value-type.js';

/** What names mean where an expression is checked. */
export interface Scope {
  readonly variables: ReadonlyMap<string, ValueType>;
  /** Functions that the host adds. */
  readonly functions: Readonly<Record<string, Builtin>>;
  readonly locals: ReadonlyMap<string, ValueType>;
  /** Types of `#` and `#acc`, inside a predicate. */
  readonly item?: ValueType;
  readonly acc?: ValueType;
  /** `#index` is there. */
  readonly hasIndex?: boolean;
}

/** The type of a tree. Throws ExprError at the first thing that cannot work, even where it would never run. */
export function check(tree: Node, scope: Scope): ValueType {
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
      return checkMethod(tree, scope);
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

type Of<Name extends Node['node']> = Extract<Node, { node: Name }>;

function checkName(tree: Of<'name'>, scope: Scope): ValueType {
  if (tree.name === '$env') return unknownType;
  const type = scope.locals.get(tree.name) ?? scope.variables.get(tree.name);
  if (type !== undefined) return type;
  if (ownProperty(scope.functions, tree.name) !== undefined) return functionType;
  throw new ExprError(`unknown name ${tree.name}`, tree.at);
}

function checkPointer(tree: Of<'pointer'>, scope: Scope): ValueType {
  if (tree.name === '') return scope.item ?? unknownType;
  if (tree.name === 'index' && scope.hasIndex === true) return intType;
  if (tree.name === 'acc' && scope.acc !== undefined) return scope.acc;
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
  const type = binaryType(tree.operator, left, right);
  if (type === undefined) throw mismatch(tree.operator, left, right, tree.at);
  const { right: constant } = tree;
  if (tree.operator === 'matches' && constant.node === 'literal' && typeof constant.value === 'string') {
    compilePattern(constant.value, constant.at);
  }
  if (tree.operator === '%' && constantInt(tree.left) !== undefined && constantInt(constant) === 0n) {
    throw new ExprError('integer divide by zero', tree.at);
  }
  return type;
}

/** The int that an operand is without any variable. */
function constantInt(tree: Node): bigint | undefined {
  if (tree.node === 'literal') return typeof tree.value === 'bigint' ? tree.value : undefined;
  const inner = tree.node === 'unary' && tree.operator !== 'not' ? constantInt(tree.operand) : undefined;
  return inner === undefined || (tree.node === 'unary' && tree.operator === '+') ? inner : -inner;
}

function checkMember(tree: Of<'member'>, scope: Scope): ValueType {
  const base = check(tree.base, scope);
  const property = check(tree.property, scope);
  const { value } = tree.property.node === 'literal' ? tree.property : { value: undefined };
  if (tree.base.node === 'name' && tree.base.name === '$env' && typeof value === 'string') {
    const type = scope.variables.get(value);
    if (type === undefined && !tree.optional) throw new ExprError(`unknown name ${value}`, tree.at);
    return type ?? unknownType;
  }
  return memberType(tree, base, property);
}

function memberType(tree: Of<'member'>, base: ValueType, property: ValueType): ValueType {
  const { value } = tree.property.node === 'literal' ? tree.property : { value: undefined };
  if (base.kind === 'unknown') return unknownType;
  if (base.kind === 'list') {
    if (property.kind === 'int' || property.kind === 'unknown') return base.item;
    const got = describeType(property);
    throw new ExprError(
      `array elements can only be selected using an integer (got ${got})`,
      tree.property.at,
    );
  }
  if (base.kind === 'map') {
    if (base.hasAnyKey === true || property.kind === 'string' || property.kind === 'unknown')
      return base.item;
    const got = describeType(property);
    throw new ExprError(`cannot use ${got} to get an element from ${describeType(base)}`, tree.at);
  }
  if (typeof value === 'string') {
    if (findMethod(base.kind, value) !== undefined) return functionType;
    throw new ExprError(`type ${describeType(base)} has no field ${value}`, tree.at);
  }
  throw new ExprError(`type ${describeType(base)}[${describeType(property)}] is undefined`, tree.at);
}

function checkSlice(tree: Of<'slice'>, scope: Scope): ValueType {
  const base = check(tree.base, scope);
  if (base.kind === 'unknown') return unknownType;
  for (const bound of [tree.from, tree.to]) {
    const type = bound === undefined ? intType : check(bound, scope);
    if (type.kind !== 'int' && type.kind !== 'unknown') {
      throw new ExprError(`non-integer slice index ${describeType(type)}`, bound?.at);
    }
  }
  if (base.kind === 'list' || base.kind === 'string') return base;
  throw new ExprError(`cannot slice ${describeType(base)}`, tree.at);
}

function checkMethod(tree: Of<'call'>, scope: Scope): ValueType {
  const typesOf = (): readonly ValueType[] => tree.args.map((arg) => check(arg, scope));
  const owned = namespacedName(tree, scope.functions);
  if (owned !== undefined) return checkBuiltin(owned, scope.functions[owned], typesOf(), tree);
  if (tree.callee.node !== 'member' || tree.callee.property.node !== 'literal') {
    throw new ExprError('only functions can be called', tree.at);
  }
  const base = check(tree.callee.base, scope);
  if (base.kind === 'unknown') checkMember(tree.callee, scope);
  if (base.kind === 'unknown' || base.kind === 'map') return unknownType;
  const name = String(tree.callee.property.value);
  const method = findMethod(base.kind, name);
  if (method === undefined) throw new ExprError(`type ${describeType(base)} has no method ${name}`, tree.at);
  const problem = findCallProblem(name, method, typesOf());
  if (problem !== undefined) throw new ExprError(problem, tree.at);
  return method.result;
}

function checkFunction(tree: Of<'function'>, scope: Scope): ValueType {
  const own = tree.builtinOnly ? undefined : ownProperty(scope.functions, tree.name);
  const variable = scope.locals.get(tree.name) ?? scope.variables.get(tree.name);
  if (variable !== undefined && !tree.builtinOnly) {
    throw new ExprError(`${describeType(variable)} is not callable`, tree.at);
  }
  if (own === undefined && predicateRules.has(tree.name)) return checkPredicateCall(tree, scope);
  const builtin = own ?? ownProperty(builtins, tree.name);
  const types = tree.args.map((arg) => check(arg, scope));
  if (builtin === undefined) {
    throw new ExprError(`unknown name ${tree.name}`, tree.at);
  }
  return checkBuiltin(tree.name, builtin, types, tree);
}

function checkBuiltin(
  name: string,
  builtin: Builtin | undefined,
  types: readonly ValueType[],
  { args, at }: Pick<Of<'function'>, 'args' | 'at'>,
): ValueType {
  if (builtin === undefined) throw new ExprError(`unknown name ${name}`, at);
  const intLiterals = args.map((arg) => arg.node === 'literal' && typeof arg.value === 'bigint');
  const problem = findCallProblem(name, builtin, types, intLiterals);
  if (problem !== undefined) throw new ExprError(problem, at);
  return resultType(builtin, types);
}

function checkPredicateCall(tree: Of<'function'>, scope: Scope): ValueType {
  const { name } = tree;
  const rule = predicateRules.get(name);
  const [list, predicate, ...more] = tree.args;
  if (rule === undefined || list === undefined || (predicate === undefined && !rule.predicateOptional)) {
    throw new ExprError(`not enough arguments to call ${name}`, tree.at);
  }
  if (more.length > rule.extra) throw new ExprError(`too many arguments to call ${name}`, tree.at);
  const listType = check(list, scope);
  if (listType.kind !== 'list' && listType.kind !== 'unknown') {
    throw new ExprError(`builtin ${name} takes only array (got ${describeType(listType)})`, list.at);
  }
  for (const arg of more) check(arg, scope);
  const item = listType.kind === 'list' ? listType.item : unknownType;
  const inner: Scope = {
    ...scope,
    item,
    hasIndex: rule.hasIndex,
    ...(rule.hasAcc ? { acc: unknownType } : {}),
  };
  const outcome = predicate === undefined ? item : check(predicate, inner);
  if (rule.wantsBool && predicate !== undefined && outcome.kind !== 'bool' && outcome.kind !== 'unknown') {
    throw new ExprError(`predicate should return boolean (got ${describeType(outcome)})`, predicate.at);
  }
  if (predicate !== undefined && outcome.kind === 'nil') {
    throw new ExprError(`the predicate of ${name} has no value (got nil)`, predicate.at);
  }
  return rule.result(item, outcome);
}

function checkConditional(tree: Of<'conditional'>, scope: Scope): ValueType {
  const test = check(tree.test, scope);
  if (test.kind !== 'bool' && test.kind !== 'unknown') {
    throw new ExprError(`non-bool expression (type ${describeType(test)}) used as condition`, tree.test.at);
  }
  return commonType(check(tree.yes, scope), check(tree.no, scope));
}

function checkList(tree: Of<'list'>, scope: Scope): ValueType {
  const types = tree.items.map((item) => check(item, scope));
  const [first] = types;
  return looseListOf(
    first !== undefined && types.every((type) => isSameType(type, first)) ? first : unknownType,
  );
}

function checkMap(tree: Of<'map'>, scope: Scope): ValueType {
  for (const { key, value } of tree.entries) {
    check(key, scope);
    check(value, scope);
  }
  return mapOf(unknownType);
}

function checkLet(tree: Of<'let'>, scope: Scope): ValueType {
  const { name } = tree;
  const value = check(tree.value, scope);
  if (scope.variables.has(name) || ownProperty(scope.functions, name) !== undefined) {
    throw new ExprError(`cannot redeclare ${name}`, tree.at);
  }
  if (ownProperty(builtins, name) !== undefined || predicateRules.has(name)) {
    throw new ExprError(`cannot redeclare builtin ${name}`, tree.at);
  }
  if (scope.locals.has(name)) throw new ExprError(`cannot redeclare variable ${name}`, tree.at);
  return check(tree.body, { ...scope, locals: new Map([...scope.locals, [name, value]]) });
}

function ownProperty(table: Readonly<Record<string, Builtin>>, name: string): Builtin | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Whether a whole condition can be a truth value at all. */
export function canBeBool(type: ValueType): boolean {
  return type.kind === boolType.kind || type.kind === 'unknown';
}
