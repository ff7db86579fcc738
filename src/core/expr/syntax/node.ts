import type { TypedList } from '../values/typed-list.js';

/** What a source means as a tree; `at` is the offset in the source. */
export type Node =
  | { readonly node: 'literal'; readonly value: Literal; readonly at: number }
  | { readonly node: 'name'; readonly name: string; readonly at: number }
  /** `#` (item), `#index`, `#acc`. */
  | { readonly node: 'pointer'; readonly name: string; readonly at: number }
  | { readonly node: 'unary'; readonly operator: string; readonly operand: Node; readonly at: number }
  | {
      readonly node: 'binary';
      readonly operator: string;
      readonly left: Node;
      readonly right: Node;
      /** `in` a written list of nothing else: other values are no members but mistakes. */
      readonly setOf?: 'int' | 'string';
      readonly at: number;
    }
  | {
      readonly node: 'member';
      readonly base: Node;
      readonly property: Node;
      /** `?.`: nil on the left ends the chain with nil. */
      readonly optional: boolean;
      readonly at: number;
    }
  | {
      readonly node: 'slice';
      readonly base: Node;
      readonly from: Node | undefined;
      readonly to: Node | undefined;
      readonly at: number;
    }
  /** Where an optional member inside ends. */
  | { readonly node: 'chain'; readonly inner: Node; readonly at: number }
  | { readonly node: 'call'; readonly callee: Node; readonly args: readonly Node[]; readonly at: number }
  /** A function of the language by its name; `::name(…)` sets `builtinOnly`. */
  | {
      readonly node: 'function';
      readonly name: string;
      readonly args: readonly Node[];
      readonly builtinOnly: boolean;
      /** What a `filter`, `find` or `findLast` makes of each item that it finds. */
      readonly mapped?: Node;
      /** A `find` or `findLast` that fails when it finds nothing. */
      readonly mustFind?: true;
      /** A `count` that need not go on when it has found so many. */
      readonly enough?: bigint;
      readonly at: number;
    }
  /** The argument of `all`, `filter` and so on. */
  | { readonly node: 'predicate'; readonly body: Node; readonly at: number }
  | {
      readonly node: 'conditional';
      readonly test: Node;
      readonly yes: Node;
      readonly no: Node;
      readonly at: number;
    }
  | { readonly node: 'list'; readonly items: readonly Node[]; readonly at: number }
  | {
      readonly node: 'map';
      readonly entries: readonly { readonly key: Node; readonly value: Node }[];
      readonly at: number;
    }
  | {
      readonly node: 'let';
      readonly name: string;
      readonly value: Node;
      readonly body: Node;
      readonly at: number;
    }
  | { readonly node: 'sequence'; readonly steps: readonly Node[]; readonly at: number };

type Literal = null | boolean | number | bigint | string | TypedList;

/** The functions whose second argument is a predicate. */
export const predicateFunctions: ReadonlySet<string> = new Set(
  'all any none one filter map find findIndex findLast findLastIndex count sum groupBy sortBy reduce'.split(
    ' ',
  ),
);
