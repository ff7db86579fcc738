import { findCallProblem, resultType, type Builtin } from '../builtins/builtin.js';
import { builtins } from '../builtins/index.js';
import { itemOf, predicateRules } from '../builtins/predicates.js';
import { ExprError } from '../expr-error.js';
import { findMethod } from '../methods/find-method.js';
import { namespacedName } from '../syntax/namespace.js';
import { checkMember, isEnvironment, textOf } from './check-access.js';
import { ownFunction, type Of, type Scope } from './scope.js';
import { describeType, intType, unknownType, type ValueType } from './value-type.js';

/** The type of `base.name(…)`, of what a call gives, and of functions of the host with a dot in their name. */
export function checkCall(tree: Of<'call'>, scope: Scope): ValueType {
  const typesOf = (): readonly ValueType[] => tree.args.map((arg) => scope.check(arg, scope));
  const owned = namespacedName(tree, scope.functions);
  if (owned !== undefined) return checkBuiltin(owned, scope.functions[owned], typesOf(), tree.at);
  const { callee } = tree;
  const called = callee.node === 'member' ? checkMember(callee, scope, true) : scope.check(callee, scope);
  scope.types.set(callee, called);
  if (called.kind === 'unknown') return unknownType;
  if (called.kind !== 'function' || callee.node !== 'member')
    throw new ExprError(`${describeType(called)} is not callable`, tree.at);
  const name = textOf(callee.property) ?? '';
  const method = findMethod(scope.types.get(callee.base)?.kind ?? 'nil', name);
  if (method === undefined) throw new ExprError(`${name} is not callable`, tree.at);
  const problem = findCallProblem(name, method, typesOf());
  if (problem !== undefined) throw new ExprError(problem, tree.at);
  return method.result;
}

/** The type of `name(…)`. */
export function checkFunction(tree: Of<'function'>, scope: Scope): ValueType {
  const { name, builtinOnly, at, args } = tree;
  const own = builtinOnly ? undefined : ownFunction(scope.functions, name);
  const variable = scope.locals.get(name) ?? scope.variables.get(name);
  if (variable !== undefined && !builtinOnly) {
    if (variable.kind === 'unknown') return unknownType;
    throw new ExprError(`${describeType(variable)} is not callable`, at);
  }
  if (own === undefined && predicateRules.has(name)) return checkPredicateCall(tree, scope);
  const builtin = own ?? ownFunction(builtins, name);
  const [first] = args;
  if (own === undefined && name === 'get' && first !== undefined && isEnvironment(first))
    return checkGetVariable(tree, scope);
  const types = args.map((arg) => scope.check(arg, scope));
  return checkBuiltin(name, builtin, types, at);
}

/** `get($env, name)`: what is not there is nil. */
function checkGetVariable({ args, at }: Of<'function'>, scope: Scope): ValueType {
  const [, key] = args;
  if (key === undefined || args.length !== 2)
    throw new ExprError(`invalid number of arguments (expected 2, got ${args.length})`, at);
  scope.check(key, scope);
  return scope.variables.get(textOf(key) ?? '') ?? unknownType;
}

function checkBuiltin(
  name: string,
  builtin: Builtin | undefined,
  types: readonly ValueType[],
  at: number,
): ValueType {
  if (builtin === undefined) throw new ExprError(`unknown name ${name}`, at);
  const problem = findCallProblem(name, builtin, types);
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
  const listType = scope.check(list, scope);
  if (listType.kind !== 'list' && listType.kind !== 'unknown') {
    throw new ExprError(`builtin ${name} takes only array (got ${describeType(listType)})`, list.at);
  }
  const inner: Scope = {
    ...scope,
    item: itemOf(listType),
    pointers: {
      ...(rule.hasIndex ? { index: intType } : {}),
      ...(rule.hasAcc ? { acc: unknownType } : {}),
    },
  };
  const outcome = predicate === undefined ? itemOf(listType) : scope.check(predicate, inner);
  for (const arg of more) checkExtra(name, arg, scope);
  if (predicate !== undefined) refuseOutcome(name, outcome, rule.wantsBool, predicate.at);
  return rule.result(listType, outcome);
}

/** The order of `sortBy` is a text; where `reduce` starts may be anything. */
function checkExtra(name: string, arg: Of<'function'>['args'][number], scope: Scope): void {
  const type = scope.check(arg, scope);
  if (name !== 'sortBy' || type.kind === 'string' || type.kind === 'unknown') return;
  throw new ExprError(`sortBy order argument must be a string (got ${describeType(type)})`, arg.at);
}

function refuseOutcome(name: string, outcome: ValueType, wantsBool: boolean, at: number): void {
  if (wantsBool && outcome.kind !== 'bool' && outcome.kind !== 'unknown')
    throw new ExprError(`predicate should return boolean (got ${describeType(outcome)})`, at);
  if (outcome.kind === 'nil') throw new ExprError(`the predicate of ${name} has no value (got nil)`, at);
}
