/** How tightly the binary operators bind; higher binds tighter. */
export const binaryPrecedence: Readonly<Record<string, number>> = {
  '|': 0,
  or: 10,
  '||': 10,
  and: 15,
  '&&': 15,
  '==': 20,
  '!=': 20,
  '<': 20,
  '>': 20,
  '<=': 20,
  '>=': 20,
  in: 20,
  matches: 20,
  contains: 20,
  startsWith: 20,
  endsWith: 20,
  '..': 25,
  '+': 30,
  '-': 30,
  '*': 60,
  '/': 60,
  '%': 60,
  '**': 100,
  '^': 100,
  '??': 500,
};

/** How tightly the operators before a value bind. */
export const unaryPrecedence: Readonly<Record<string, number>> = { not: 50, '!': 50, '+': 90, '-': 90 };

/** Operators that `not` may stand before. */
export const negatable: ReadonlySet<string> = new Set([
  'in',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
]);

/** The operators that chain. */
export const orderings: ReadonlySet<string> = new Set(['<', '>', '<=', '>=']);
