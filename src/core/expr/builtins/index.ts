import type { Builtin } from './builtin.js';
import { convertBuiltins } from './convert.js';
import { dateBuiltins } from './date.js';
import { listBuiltins } from './list.js';
import { numberBuiltins } from './number.js';
import { textBuiltins } from './text.js';

/** The functions of the language that take values; those with a predicate are in predicates.ts. */
export const builtins: Readonly<Record<string, Builtin>> = {
  ...textBuiltins,
  ...numberBuiltins,
  ...listBuiltins,
  ...convertBuiltins,
  ...dateBuiltins,
};
