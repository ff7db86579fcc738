/** The pieces that random expressions are made of: the whole language, mostly well typed. */
/** What an expression is meant to be. */
export type Kind = 'int' | 'float' | 'string' | 'bool' | 'list' | 'map' | 'any' | 'time' | 'duration';

/** Expressions without parts, over the names of `environment.ts`. */
export const leaves: Readonly<Record<Kind, readonly string[]>> = {
  int: ['0', '1', '2', '-3', '7', 'i', '0x1f', '1_000', '9223372036854775807', 'len(s)', '#index'],
  float: ['0.0', '2.5', 'n', '-1.5', '1e3', '.5', 'floats[0]', 'obj.a', '1e300', '3.0'],
  string: [
    '"a"',
    '"héllo"',
    "'b c'",
    's',
    'obj.s',
    '""',
    '`r"w`',
    '"a,b,c"',
    'obj.b.c',
    '"10"',
    '"1.5"',
    '"🙂x"',
  ],
  bool: ['true', 'false', 'obj.t', 'i > 3', 's == "a"'],
  list: [
    '[]',
    '[1, 2, 3]',
    'floats',
    'list',
    'obj.list',
    'obj.empty',
    '1..4',
    '["b", "a"]',
    '[1, 2.0]',
    '[3, 1, 2]',
    '[[1], [2, 3]]',
    'b"az"',
    '[true, false]',
  ],
  map: ['{}', 'obj', '{"a": 1, b: 2.0}', 'obj.b', '$env', '{"k": [1]}'],
  any: [
    'nil',
    'none',
    'obj.nothing',
    'obj.missing',
    'list[0]',
    'list[1]',
    'list[-1]',
    'obj["a"]',
    'obj.list[0].v',
    'obj?.b?.zz',
    '#',
    '.v',
    '#acc',
  ],
  time: [
    'at',
    'date("2024-01-31")',
    'date("2023-12-31 23:59:59")',
    'at.In(timezone("Europe/Zurich"))',
    'date("2024-06-01T10:00:00+02:00")',
  ],
  duration: ['span', 'duration("1h")', 'duration("-1.5s")', 'duration("250ms")'],
};

/** Which kinds may fill a hole; a kind that stands there more often comes more often. */
export const letters: Readonly<Record<string, readonly Kind[]>> = {
  I: ['int', 'int', 'int', 'int', 'any'],
  F: ['float', 'float', 'float', 'int'],
  N: ['int', 'float'],
  S: ['string', 'string', 'string', 'string', 'string', 'any'],
  B: ['bool', 'bool', 'bool', 'bool', 'any'],
  L: ['list', 'list', 'list', 'list', 'list', 'any'],
  M: ['map', 'map', 'map', 'any'],
  A: ['any'],
  T: ['time', 'time', 'time', 'time', 'time', 'time', 'any'],
  D: ['duration', 'duration', 'duration', 'duration', 'duration', 'int'],
  X: ['int', 'float', 'string', 'bool', 'list', 'map', 'any', 'any', 'duration', 'time'],
};
