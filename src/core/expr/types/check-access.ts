import { ExprError } from '../expr-error.js';
import { findMethod } from '../methods/find-method.js';
import type { Node } from '../syntax/node.js';
import { isIntType } from './relations.js';
import { ownFunction, type Of, type Scope } from './scope.js';
import { describeType, functionType, unknownType, type ValueType } from './value-type.js';

/** The type of `base.property`. */
export function checkMember(tree: Of<'member'>, scope: Scope, isCalled = false): ValueType {
  if (isEnvironment(tree.base)) return checkVariable(tree, scope);
  const base = scope.check(tree.base, scope);
  const property = scope.check(tree.property, scope);
  if (base.kind === 'unknown') return unknownType;
  const name = textOf(tree.property);
  if (base.kind === 'nil' && name !== undefined)
    throw new ExprError(`type nil has no field ${name}`, tree.at);
  if (name !== undefined && findMethod(base.kind, name) !== undefined) return functionType;
  if (base.kind === 'list' || base.kind === 'map') return elementType(tree, base, property);
  const shown = describeType(base);
  if (name === undefined)
    throw new ExprError(`type ${shown}[${describeType(property)}] is undefined`, tree.at);
  throw new ExprError(`type ${shown} has no ${isCalled ? 'method' : 'field'} ${name}`, tree.at);
}

/** Whether a node is `$env` itself. */
export function isEnvironment(tree: Node): boolean {
  return tree.node === 'name' && tree.name === '$env';
}

/** The text that a node is; `undefined` when it is not written down. */
export function textOf(tree: Node): string | undefined {
  return tree.node === 'literal' && typeof tree.value === 'string' ? tree.value : undefined;
}

/** A name that is not written down is only known at run time, whatever it is made of. */
function checkVariable(tree: Of<'member'>, scope: Scope): ValueType {
  const name = textOf(tree.property);
  if (name === undefined) return unknownType;
  const host = ownFunction(scope.functions, name) === undefined ? undefined : functionType;
  const type = scope.variables.get(name) ?? host;
  if (type === undefined && !tree.optional) throw new ExprError(`unknown name ${name}`, tree.at);
  return type ?? unknownType;
}

function elementType(
  { at, property: { at: propertyAt } }: Of<'member'>,
  base: Extract<ValueType, { item: ValueType }>,
  property: ValueType,
): ValueType {
  const isOpen = property.kind === 'unknown';
  if (base.kind === 'list') {
    if (isOpen || isIntType(property)) return base.item;
    const got = describeType(property);
    throw new ExprError(`array elements can only be selected using an integer (got ${got})`, propertyAt);
  }
  if (isOpen || base.hasAnyKey === true || property.kind === 'string') return base.item;
  throw new ExprError(
    `cannot use ${describeType(property)} to get an element from ${describeType(base)}`,
    at,
  );
}

/** The type of `base[from:to]`. */
export function checkSlice(tree: Of<'slice'>, scope: Scope): ValueType {
  const base = scope.check(tree.base, scope);
  if (base.kind === 'unknown') return unknownType;
  if (base.kind !== 'list' && base.kind !== 'string')
    throw new ExprError(`cannot slice ${describeType(base)}`, tree.at);
  for (const bound of [tree.from, tree.to]) {
    if (bound === undefined) continue;
    const type = scope.check(bound, scope);
    if (!isIntType(type) && type.kind !== 'unknown')
      throw new ExprError(`non-integer slice index ${describeType(type)}`, bound.at);
  }
  return base;
}
