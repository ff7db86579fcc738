import { ExprError } from '../expr-error.js';
import { findMethod } from '../methods/find-method.js';
import { namespacedName } from '../syntax/namespace.js';
import type { Node } from '../syntax/node.js';
import type { Of } from '../types/scope.js';
import { formatValue } from '../values/format.js';
import { Special } from '../values/special.js';
import { describeValue, typeOfValue } from '../values/type-of.js';
import { isNil, type Value } from '../values/value.js';
import { readMember, readSlice } from './access.js';
import { located, type Compiler, type Link } from './frame.js';

/** Members, slices and calls, one after the other, up to where an optional member is missing. */
export function compileLink(tree: Node, compiler: Compiler): Link {
  const isLink = tree.node === 'member' || tree.node === 'slice' || tree.node === 'call';
  const link = compileLinkNode(tree, compiler);
  return isLink ? located(tree.at, link) : link;
}

function compileLinkNode(tree: Node, compiler: Compiler): Link {
  switch (tree.node) {
    case 'chain': {
      const inner = compileLink(tree.inner, compiler);
      return (frame) => {
        const value = inner(frame) ?? null;
        return isNil(value) ? null : value;
      };
    }
    case 'member':
      return compileMember(tree, compiler);
    case 'slice': {
      const base = compileLink(tree.base, compiler);
      const from = tree.from === undefined ? undefined : compiler.compile(tree.from);
      const to = tree.to === undefined ? undefined : compiler.compile(tree.to);
      return (frame) => {
        const value = base(frame);
        if (value === undefined) return undefined;
        const end = to?.(frame);
        return readSlice(value, from?.(frame), end);
      };
    }
    case 'call':
      return compileCall(tree, compiler);
    default:
      return compiler.compile(tree);
  }
}

function compileMember(tree: Of<'member'>, compiler: Compiler): Link {
  const base = compileLink(tree.base, compiler);
  const property = compiler.compile(tree.property);
  return (frame) => {
    const value = base(frame);
    if (value === undefined || (tree.optional && isNil(value))) return undefined;
    return readMember(value, property(frame));
  };
}

/** A method of a time or duration, or a function with a dot in its name. */
function compileCall(tree: Of<'call'>, compiler: Compiler): Link {
  const args = tree.args.map((arg) => compiler.compile(arg));
  const owned = compiler.functions[namespacedName(tree, compiler.functions) ?? ''];
  if (owned !== undefined) {
    return (frame) => {
      frame.machine.step();
      return owned.run(
        args.map((arg) => arg(frame)),
        frame.machine,
      );
    };
  }
  const { callee } = tree;
  if (callee.node !== 'member') throw new ExprError('only functions can be called', tree.at);
  const base = compileLink(callee.base, compiler);
  const property = compiler.compile(callee.property);
  const isKnown = compiler.types.get(callee)?.kind === 'function';
  return (frame) => {
    // The arguments come first, even where nothing is called.
    const given = args.map((arg) => arg(frame));
    const value = base(frame);
    if (value === undefined || (callee.optional && isNil(value))) return undefined;
    frame.machine.step();
    return callMember(value, property(frame), given, isKnown);
  };
}

/** @param isKnown - whether the method was found before the run: then nil is no argument of one with a single parameter. */
function callMember(value: Value, key: Value, given: readonly Value[], isKnown: boolean): Value {
  const method = findMethod(typeOfValue(value).kind, formatValue(key));
  if (method !== undefined) {
    const { length } = method.params;
    if (given.length !== length)
      throw new ExprError(`invalid number of arguments: expected ${length}, got ${given.length}`);
    if (isKnown && length === 1 && given[0] === null && method.params[0] !== 'location')
      throw new ExprError('interface conversion: interface {} is nil');
    return method.run(value, given);
  }
  if (value instanceof Special && typeof key === 'string') {
    throw new ExprError(`type ${describeValue(value)} has no method ${key}`);
  }
  const member = readMember(value, key);
  throw new ExprError(`cannot call ${describeValue(member)}: it is no function`);
}
