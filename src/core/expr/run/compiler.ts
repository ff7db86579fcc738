import type { Builtin } from '../builtins/builtin.js';
import { builtins } from '../builtins/index.js';
import { type Apply, predicateRules } from '../builtins/predicates.js';
import { ExprError } from '../expr-error.js';
import { findMethod } from '../methods/find-method.js';
import { namespacedName } from '../syntax/namespace.js';
import type { Node } from '../syntax/node.js';
import { Dictionary } from '../values/dictionary.js';
import { formatValue } from '../values/format.js';
import { Bytes, FunctionValue, Special } from '../values/special.js';
import { describeValue, typeOfValue } from '../values/type-of.js';
import { utf8 } from '../values/utf8.js';
import { type Value, isList, isMap, isNil, isNumber, makeMap } from '../values/value.js';
import { readMember, readSlice } from './access.js';
import type { Machine } from './machine.js';
import { operators } from './operators.js';

/** Where a part of an expression runs. */
interface Frame {
  readonly machine: Machine;
  readonly locals: ReadonlyMap<string, Value>;
  readonly item?: Value;
  readonly index?: number;
  readonly acc?: Value;
}

export type Run = (frame: Frame) => Value;

/** Like Run; `undefined` when an optional member ended the chain. */
type Link = (frame: Frame) => Value | undefined;

type Functions = Readonly<Record<string, Builtin>>;

type Of<Name extends Node['node']> = Extract<Node, { node: Name }>;

/** The tree as a function. The tree must have passed the checker. Failures of its run know their place. */
export function compileTree(tree: Node, functions: Functions): Run {
  const run = compileNode(tree, functions);
  const canFail = tree.node === 'binary' || tree.node === 'unary' || tree.node === 'function';
  return canFail ? located(tree.at, run) : run;
}

/** A failure that has no place yet gets this one. */
function located<T>(at: number, run: (frame: Frame) => T): (frame: Frame) => T {
  return (frame) => {
    try {
      return run(frame);
    } catch (thrown) {
      // Only the place is added; whoever called handles the failure.
      if (!(thrown instanceof ExprError) || thrown.at !== undefined) throw thrown;
      throw new ExprError(thrown.message, at);
    }
  };
}

function compileNode(tree: Node, functions: Functions): Run {
  switch (tree.node) {
    case 'literal': {
      const { value } = tree;
      return () => value;
    }
    case 'name':
      return compileName(tree.name, functions);
    case 'pointer':
      return compilePointer(tree.name);
    case 'unary':
      return compileUnary(tree, functions);
    case 'binary':
      return compileBinary(tree, functions);
    case 'member':
    case 'slice':
    case 'call':
    case 'chain': {
      const link = compileLink(tree, functions);
      return (frame) => link(frame) ?? null;
    }
    case 'function':
      return compileFunction(tree, functions);
    case 'predicate':
      return compileTree(tree.body, functions);
    case 'conditional':
      return compileConditional(tree, functions);
    default:
      return compileStructure(tree, functions);
  }
}

function compileStructure(tree: Of<'list' | 'map' | 'let' | 'sequence'>, functions: Functions): Run {
  switch (tree.node) {
    case 'list': {
      const items = tree.items.map((item) => compileTree(item, functions));
      return (frame) => {
        frame.machine.allocate(items.length);
        return items.map((item) => item(frame));
      };
    }
    case 'map':
      return compileMap(tree, functions);
    case 'let': {
      const value = compileTree(tree.value, functions);
      const body = compileTree(tree.body, functions);
      return (frame) => body({ ...frame, locals: new Map([...frame.locals, [tree.name, value(frame)]]) });
    }
    case 'sequence': {
      const steps = tree.steps.map((step) => compileTree(step, functions));
      return (frame) => steps.map((step) => step(frame)).at(-1) ?? null;
    }
  }
}

function compileName(name: string, functions: Functions): Run {
  if (name === '$env') return ({ machine }) => makeMap(machine.env);
  const fallback = Object.hasOwn(functions, name) ? new FunctionValue(name) : null;
  return ({ locals, machine }) => locals.get(name) ?? machine.env.get(name) ?? fallback;
}

function compilePointer(name: string): Run {
  if (name === 'index') return ({ index }) => BigInt(index ?? 0);
  return name === 'acc' ? ({ acc }) => acc ?? null : ({ item }) => item ?? null;
}

function compileUnary(tree: Of<'unary'>, functions: Functions): Run {
  const operand = compileTree(tree.operand, functions);
  if (tree.operator === 'not' || tree.operator === '!') return (frame) => !truth(operand(frame), '!');
  return (frame) => {
    const value = operand(frame);
    if (tree.operator === '+') return value;
    if (!isNumber(value)) throw new ExprError(`invalid operation: ${tree.operator} ${describeValue(value)}`);
    return typeof value === 'bigint' ? BigInt.asIntN(64, -value) : -value;
  };
}

function truth(value: Value, operator: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new ExprError(`invalid operation: ${operator} on ${describeValue(value)}, not bool`);
}

function compileBinary(tree: Of<'binary'>, functions: Functions): Run {
  const left = compileTree(tree.left, functions);
  const right = compileTree(tree.right, functions);
  switch (tree.operator) {
    case 'and':
    case '&&':
      return compileAnd(tree, left, right);
    case 'or':
    case '||':
      return compileOr(tree, left, right);
    case '??':
      return (frame) => {
        const value = left(frame);
        return isNil(value) ? right(frame) : value;
      };
    case 'in':
      return compileIn(tree.right, left, right);
    default: {
      const apply = operators[tree.operator];
      if (apply === undefined) throw new ExprError(`unknown operator ${tree.operator}`, tree.at);
      return (frame) => apply(left(frame), right(frame), frame.machine);
    }
  }
}

/** As the peer's optimiser has it: a constant on either side decides without the other, or gives way to it. */
function compileAnd(tree: Of<'binary'>, left: Run, right: Run): Run {
  if (isLiteral(tree.left, false) || isLiteral(tree.right, false)) return () => false;
  if (isLiteral(tree.right, true)) return left;
  return (frame) => truth(left(frame), 'and') && right(frame);
}

function compileOr(tree: Of<'binary'>, left: Run, right: Run): Run {
  if (isLiteral(tree.left, true) || isLiteral(tree.right, true)) return () => true;
  if (isLiteral(tree.right, false)) return left;
  return (frame) => truth(left(frame), 'or') || right(frame);
}

function isLiteral(tree: Node, value: boolean): boolean {
  return tree.node === 'literal' && tree.value === value;
}

function compileIn(list: Node, left: Run, right: Run): Run {
  const isTextSet =
    list.node === 'list' &&
    list.items.length > 0 &&
    list.items.every((item) => item.node === 'literal' && typeof item.value === 'string');
  const apply = operators['in'];
  return (frame) => {
    const value = left(frame);
    if (isTextSet && value !== null && typeof value !== 'string') {
      throw new ExprError(`cannot use ${describeValue(value)} as a text in a list of texts`);
    }
    return apply?.(value, right(frame), frame.machine) ?? false;
  };
}

function compileLink(tree: Node, functions: Functions): Link {
  const isLink = tree.node === 'member' || tree.node === 'slice' || tree.node === 'call';
  const link = compileLinkNode(tree, functions);
  return isLink ? located(tree.at, link) : link;
}

function compileLinkNode(tree: Node, functions: Functions): Link {
  switch (tree.node) {
    case 'chain': {
      const inner = compileLink(tree.inner, functions);
      return (frame) => inner(frame) ?? null;
    }
    case 'member':
      return compileMember(tree, functions);
    case 'slice': {
      const base = compileLink(tree.base, functions);
      const from = tree.from === undefined ? undefined : compileTree(tree.from, functions);
      const to = tree.to === undefined ? undefined : compileTree(tree.to, functions);
      return (frame) => readSlice(base(frame) ?? null, from?.(frame), to?.(frame));
    }
    case 'call':
      return compileCall(tree, functions);
    default:
      return compileTree(tree, functions);
  }
}

/** A method of a time or duration, or a function with a dot in its name. */
function compileCall(tree: Of<'call'>, functions: Functions): Link {
  const args = tree.args.map((arg) => compileTree(arg, functions));
  const owned = functions[namespacedName(tree, functions) ?? ''];
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
  const base = compileLink(callee.base, functions);
  const property = compileTree(callee.property, functions);
  return (frame) => {
    const value = base(frame);
    if (value === undefined || (callee.optional && value === null)) return undefined;
    frame.machine.step();
    const key = property(frame);
    const method = findMethod(typeOfValue(value).kind, formatValue(key));
    if (method !== undefined) {
      const given = args.map((arg) => arg(frame));
      return method.run(value, given);
    }
    if (value instanceof Special && typeof key === 'string') {
      throw new ExprError(`type ${describeValue(value)} has no method ${key}`);
    }
    const member = readMember(value, key);
    throw new ExprError(`cannot call ${describeValue(member)}: it is no function`);
  };
}

function compileMember(tree: Of<'member'>, functions: Functions): Link {
  const base = compileLink(tree.base, functions);
  const property = compileTree(tree.property, functions);
  return (frame) => {
    const value = base(frame);
    if (value === undefined || (tree.optional && value === null)) return undefined;
    return readMember(value, property(frame));
  };
}

function compileFunction(tree: Of<'function'>, functions: Functions): Run {
  const { name } = tree;
  const own = tree.builtinOnly || !Object.hasOwn(functions, name) ? undefined : functions[name];
  if (own === undefined && predicateRules.has(name)) return compilePredicateCall(tree, functions);
  const builtin = own ?? builtins[name];
  if (builtin === undefined) throw new ExprError(`unknown name ${name}`, tree.at);
  const args = tree.args.map((arg, i) =>
    compileTree(builtin.params[i] === 'float' ? asFloatLiteral(arg) : arg, functions),
  );
  return (frame) => {
    frame.machine.step();
    return builtin.run(
      args.map((arg) => arg(frame)),
      frame.machine,
    );
  };
}

/** An int literal where a float is wanted is meant as one. */
function asFloatLiteral(tree: Node): Node {
  const isInt = tree.node === 'literal' && typeof tree.value === 'bigint';
  return isInt ? { ...tree, value: Number(tree.value) } : tree;
}

function compilePredicateCall(tree: Of<'function'>, functions: Functions): Run {
  const rule = predicateRules.get(tree.name);
  const [list, predicate, ...extra] = tree.args.map((arg) => compileTree(arg, functions));
  if (rule === undefined || list === undefined) {
    throw new ExprError(`not enough arguments to call ${tree.name}`, tree.at);
  }
  return (frame) => {
    const items = itemsOf(list(frame), tree.name);
    const apply: Apply = (item, index, acc) => {
      frame.machine.step();
      return predicate === undefined ? item : predicate(within(frame, item, index, acc));
    };
    return rule.run(
      items,
      apply,
      extra.map((arg) => arg(frame)),
      frame.machine,
    );
  };
}

/** What a predicate runs over: a list, or the bytes of a text. */
function itemsOf(value: Value, name: string): readonly Value[] {
  if (isList(value)) return value;
  if (typeof value === 'string') return Bytes.of64(utf8(value));
  if (isEmptyMap(value)) return [];
  throw new ExprError(`builtin ${name} takes only array (got ${describeValue(value)})`);
}

function isEmptyMap(value: Value): boolean {
  return value instanceof Dictionary ? value.size === 0 : isMap(value) && Object.keys(value).length === 0;
}

function within(frame: Frame, item: Value, index: number, acc: Value | undefined): Frame {
  const { machine, locals } = frame;
  return acc === undefined ? { machine, locals, item, index } : { machine, locals, item, index, acc };
}

function compileConditional(tree: Of<'conditional'>, functions: Functions): Run {
  const test = compileTree(tree.test, functions);
  const yes = compileTree(tree.yes, functions);
  const no = compileTree(tree.no, functions);
  return (frame) => (truth(test(frame), '?:') ? yes(frame) : no(frame));
}

function compileMap(tree: Of<'map'>, functions: Functions): Run {
  const entries = tree.entries.map(({ key, value }) => ({
    key: compileTree(key, functions),
    value: compileTree(value, functions),
  }));
  return (frame) => {
    frame.machine.allocate(entries.length);
    return makeMap(
      entries.map(({ key, value }) => {
        const name = key(frame);
        if (typeof name !== 'string')
          throw new ExprError(`a map key must be a string (got ${describeValue(name)})`);
        return [name, value(frame)] as const;
      }),
    );
  };
}
