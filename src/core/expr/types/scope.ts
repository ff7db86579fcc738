import type { Builtin } from '../builtins/builtin.js';
import type { Node } from '../syntax/node.js';
import type { ValueType } from './value-type.js';

/** What names mean where an expression is checked, and what the check has found so far. */
export interface Scope {
  readonly variables: ReadonlyMap<string, ValueType>;
  /** Functions that the host adds. */
  readonly functions: Readonly<Record<string, Builtin>>;
  readonly locals: ReadonlyMap<string, ValueType>;
  /** The types of `#` and of `#acc` and `#index`, inside a predicate. */
  readonly item?: ValueType;
  readonly pointers?: Readonly<Record<string, ValueType>>;
  /** Gets the type of every part that is checked. */
  readonly types: Map<Node, ValueType>;
  /** Checks a part of the tree. Throws ExprError for what cannot work. */
  check(tree: Node, scope: Scope): ValueType;
}

/** A node of one of the kinds. */
export type Of<Name extends Node['node']> = Extract<Node, { node: Name }>;

/** The function of that name in a table; what the table inherits is none. */
export function ownFunction(table: Readonly<Record<string, Builtin>>, name: string): Builtin | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
