/** One part of a template. `at` is the offset in the source. */
export type Node =
  | { readonly node: 'text'; readonly text: string; readonly at: number }
  | { readonly node: 'action'; readonly pipe: Pipe; readonly at: number }
  | Branch<'if'>
  | Branch<'with'>
  | Branch<'range'>
  | { readonly node: 'template'; readonly name: string; readonly pipe?: Pipe; readonly at: number }
  | { readonly node: 'break' | 'continue'; readonly at: number };

interface Branch<Name extends string> {
  readonly node: Name;
  readonly pipe: Pipe;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
  readonly at: number;
}

/** Commands from left to right; the result of each is the last argument of the next. */
export interface Pipe {
  /** Variables that get the result; `range` may have two. */
  readonly variables: readonly string[];
  /** The variables exist already. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
  readonly at: number;
}

/** A function or method with its arguments, or one value. */
export interface Command {
  readonly operands: readonly [Operand, ...Operand[]];
  readonly at: number;
}

/** What a pipeline begins with or a function is given; `at` is the offset in the source. */
export type Operand =
  | { readonly operand: 'dot' | 'nil'; readonly at: number }
  | { readonly operand: 'constant'; readonly value: boolean | number | bigint | string; readonly at: number }
  | { readonly operand: 'field'; readonly path: readonly string[]; readonly at: number }
  | {
      readonly operand: 'variable';
      readonly name: string;
      readonly path: readonly string[];
      readonly at: number;
    }
  | { readonly operand: 'function'; readonly name: string; readonly at: number }
  | { readonly operand: 'pipe'; readonly pipe: Pipe; readonly path: readonly string[]; readonly at: number };
