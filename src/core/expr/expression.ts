import type { Builtin } from './builtins/builtin.js';
import { ExprError } from './expr-error.js';
import { compileTree } from './run/compiler.js';
import type { Run } from './run/frame.js';
import { Machine } from './run/machine.js';
import { parse } from './syntax/parser.js';
import { canBeBool, checkTree } from './types/checker.js';
import { optimise } from './optimise/optimise.js';
import { type ValueType, describeType } from './types/value-type.js';
import { typeOfOutside } from './values/type-of.js';
import { type Value, toValue } from './values/value.js';

/** Why an expression is no good; `at` is the offset in the source, where known. */
export interface ExpressionProblem {
  /** Whether it was found before the run or in it. */
  readonly phase: 'compile' | 'run';
  readonly message: string;
  readonly at?: number;
}

/** What became of a run. */
export type Evaluated =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: ExpressionProblem };

/** What became of a source. */
export type Compiled =
  | { readonly ok: true; readonly type: ValueType; readonly expression: Expression }
  | { readonly ok: false; readonly problem: ExpressionProblem };

/** A checked expression. It holds no state: it may be run as often as wanted. */
interface Expression {
  /**
   * @param env - the variables; numbers are floats, bigints are ints, a `Float64Array` is a list of floats.
   * @param nowMs - milliseconds since 1970 for `now()`.
   */
  run(env: Readonly<Record<string, unknown>>, nowMs: number): Evaluated;
}

/** What a source may name. */
export interface Names {
  readonly variables: Readonly<Record<string, ValueType>>;
  /** Functions besides those of the language; they hide those of the same name. `a.b` is called as a method of `a`. */
  readonly functions?: Readonly<Record<string, Builtin>>;
}

const cache = new Map<string, Compiled>();

const cacheSize = 500;

const functionIds = new WeakMap<object, number>();

let nextFunctionId = 1;

/** Parses and checks against the types of the variables. The last few hundred expressions are remembered. */
export function compile(source: string, names: Names): Compiled {
  const key = `${functionsId(names.functions)} ${JSON.stringify(names.variables)} ${source}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const compiled = compileAnew(source, names);
  if (cache.size >= cacheSize) cache.delete(cache.keys().next().value ?? '');
  cache.set(key, compiled);
  return compiled;
}

/** Compiles with the types that the values have now, and runs. */
export function evaluate(
  source: string,
  env: Readonly<Record<string, unknown>>,
  options: { readonly functions?: Readonly<Record<string, Builtin>>; readonly nowMs: number },
): Evaluated {
  const variables = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, typeOfOutside(value)]),
  );
  const { functions, nowMs } = options;
  const compiled = compile(source, functions === undefined ? { variables } : { variables, functions });
  return compiled.ok ? compiled.expression.run(env, nowMs) : compiled;
}

/**
 * The message with the place in the source under it, as the peer's engine shows it: line and column from 1, the line,
 * and a caret. Without a place it is the message alone.
 */
export function explainProblem(source: string, { message, at }: ExpressionProblem): string {
  if (at === undefined) return message;
  const before = source.slice(0, at).split('\n');
  const column = Array.from(before.at(-1) ?? '').length;
  const line = source.split('\n')[before.length - 1] ?? '';
  return `${message} (${before.length}:${column + 1})\n | ${line}\n | ${'.'.repeat(column)}^`;
}

/** Whether a type leaves room for a truth value; if not, Go's name of it. */
export function notBool(type: ValueType): string | undefined {
  return canBeBool(type) ? undefined : describeType(type);
}

function compileAnew(source: string, names: Names): Compiled {
  return catching('compile', () => {
    const functions = names.functions ?? {};
    const tree = parse(source);
    const { type, types } = checkTree(tree, new Map(Object.entries(names.variables)), functions);
    const run = compileTree(optimise(tree, types, functions), functions, types);
    return { ok: true, type, expression: { run: runner(run) } };
  });
}

function runner(run: Run): Expression['run'] {
  return (env, nowMs) => {
    const values = new Map(Object.entries(env).map(([name, value]) => [name, toValue(value)]));
    const machine = new Machine(values, nowMs);
    return catching('run', () => ({ ok: true, value: run({ machine, locals: new Map() }) }));
  };
}

function catching<T>(
  phase: ExpressionProblem['phase'],
  work: () => T,
): T | { readonly ok: false; readonly problem: ExpressionProblem } {
  try {
    return work();
  } catch (thrown) {
    // What the engine cannot hold: a value that is nested too deeply, or a text without end.
    if (thrown instanceof RangeError)
      return { ok: false, problem: { phase, message: 'the value is too large' } };
    // The parts of this folder throw ExprError for whatever an expression does wrong; anything else is a fault of ours.
    if (!(thrown instanceof ExprError)) throw thrown;
    const { message, at } = thrown;
    return { ok: false, problem: at === undefined ? { phase, message } : { phase, message, at } };
  }
}

function functionsId(functions: object | undefined): number {
  if (functions === undefined) return 0;
  const known = functionIds.get(functions);
  if (known !== undefined) return known;
  const id = nextFunctionId;
  nextFunctionId += 1;
  functionIds.set(functions, id);
  return id;
}
