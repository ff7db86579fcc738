import type { Builtin } from '../builtins/builtin.js';
import { ExprError } from '../expr-error.js';
import type { Node } from '../syntax/node.js';
import type { Of } from '../types/scope.js';
import type { ValueType } from '../types/value-type.js';
import { FunctionValue } from '../values/special.js';
import { describeValue } from '../values/type-of.js';
import { makeMap } from '../values/plain.js';
import type { Value } from '../values/value.js';
import { compileFunction, reached } from './compile-call.js';
import { compileLink } from './compile-chain.js';
import { compileBinary, compileUnary, truth } from './compile-operators.js';
import { located, type Compiler, type Run } from './frame.js';

/** The tree as a function. The tree must have passed the checker. Failures of its run know their place. */
export function compileTree(
  tree: Node,
  functions: Readonly<Record<string, Builtin>>,
  types: ReadonlyMap<Node, ValueType>,
): Run {
  const compiler: Compiler = { functions, types, compile: (part) => compilePart(part, compiler) };
  return compiler.compile(tree);
}

function compilePart(tree: Node, compiler: Compiler): Run {
  const run = compileNode(tree, compiler);
  const canFail = tree.node === 'binary' || tree.node === 'unary' || tree.node === 'function';
  return canFail ? located(tree.at, run) : run;
}

function compileNode(tree: Node, compiler: Compiler): Run {
  switch (tree.node) {
    case 'literal': {
      const { value } = tree;
      return () => value;
    }
    case 'name':
      return compileName(tree.name, compiler);
    case 'pointer':
      return compilePointer(tree.name);
    case 'unary':
      return compileUnary(tree, compiler);
    case 'binary':
      return compileBinary(tree, compiler);
    case 'member':
    case 'slice':
    case 'call':
    case 'chain': {
      const link = compileLink(tree, compiler);
      return (frame) => link(frame) ?? null;
    }
    case 'function':
      return compileFunction(tree, compiler);
    case 'predicate':
      return compiler.compile(tree.body);
    default:
      return compileStructure(tree, compiler);
  }
}

function compileStructure(
  tree: Of<'conditional' | 'list' | 'map' | 'let' | 'sequence'>,
  compiler: Compiler,
): Run {
  switch (tree.node) {
    case 'conditional':
      return compileConditional(tree, compiler);
    case 'list': {
      const items = tree.items.map((item) => compiler.compile(item));
      return (frame) => {
        frame.machine.allocate(items.length);
        return items.map((item) => item(frame));
      };
    }
    case 'map':
      return compileMap(tree, compiler);
    case 'let': {
      const value = compiler.compile(tree.value);
      const body = compiler.compile(tree.body);
      return (frame) => body({ ...frame, locals: new Map([...frame.locals, [tree.name, value(frame)]]) });
    }
    case 'sequence': {
      const steps = tree.steps.map((step) => compiler.compile(step));
      return (frame) => steps.map((step) => step(frame)).at(-1) ?? null;
    }
  }
}

/** A function of the host is a value; one of the language is none, and nil. */
function compileName(name: string, { functions }: Compiler): Run {
  if (name === '$env') {
    const host = Object.keys(functions).map((each) => [each, new FunctionValue(each)] as const);
    return ({ locals, machine }) => locals.get(name) ?? makeMap([...host, ...machine.env]);
  }
  const fallback = Object.hasOwn(functions, name) ? new FunctionValue(name) : null;
  return ({ locals, machine }) => locals.get(name) ?? machine.env.get(name) ?? fallback;
}

function compilePointer(name: string): Run {
  if (name === 'index') return ({ index }) => BigInt(index ?? 0);
  return name === 'acc' ? ({ acc }) => acc ?? null : ({ item }) => reached(item ?? null);
}

function compileConditional(tree: Of<'conditional'>, compiler: Compiler): Run {
  const test = compiler.compile(tree.test);
  const yes = compiler.compile(tree.yes);
  const no = compiler.compile(tree.no);
  return (frame) => (truth(test(frame), '?:') ? yes(frame) : no(frame));
}

function compileMap(tree: Of<'map'>, compiler: Compiler): Run {
  const entries = tree.entries.map(({ key, value }) => ({
    key: compiler.compile(key),
    value: compiler.compile(value),
  }));
  return (frame) => {
    frame.machine.allocate(entries.length);
    const pairs = entries.map(({ key, value }) => [key(frame), value(frame)] as const);
    return makeMap(pairs.map(([key, value]) => [mapKey(key), value]));
  };
}

function mapKey(key: Value): string {
  if (typeof key === 'string') return key;
  throw new ExprError(`a map key must be a string (got ${describeValue(key)})`);
}
