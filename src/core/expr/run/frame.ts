import type { Builtin } from '../builtins/builtin.js';
import { ExprError } from '../expr-error.js';
import type { Node } from '../syntax/node.js';
import type { ValueType } from '../types/value-type.js';
import type { Value } from '../values/value.js';
import type { Machine } from './machine.js';

/** Where a part of an expression runs. */
export interface Frame {
  readonly machine: Machine;
  readonly locals: ReadonlyMap<string, Value>;
  readonly item?: Value;
  readonly index?: number;
  readonly acc?: Value;
}

/** A part of an expression, ready to run. */
export type Run = (frame: Frame) => Value;

/** Like Run; `undefined` when an optional member ended the chain. */
export type Link = (frame: Frame) => Value | undefined;

/** What the parts of the compiler share. */
export interface Compiler {
  /** Functions of the host. */
  readonly functions: Readonly<Record<string, Builtin>>;
  readonly types: ReadonlyMap<Node, ValueType>;
  compile(tree: Node): Run;
}

/** A failure that has no place yet gets this one. */
export function located<T>(at: number, run: (frame: Frame) => T): (frame: Frame) => T {
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
