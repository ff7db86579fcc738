import { expect } from 'chai';
import { findByJsonPath, parseJsonPath } from './json-path.js';

const data = {
  kind: 'List',
  'a.b': 1,
  none: null,
  items: [
    { name: 'x', size: 1, tags: ['p', 'q'] },
    { name: 'y', size: 2, tags: [] },
    { name: 'z', size: 3, ready: true },
  ],
};

const find = (path: string) => findByJsonPath(parseJsonPath(path), data);

function problem(path: string): string {
  try {
    find(path);
    return 'none';
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

describe('JSONPath of client-go', () => {
  for (const [path, expected] of [
    ['{$}', [[data]]],
    ['{.kind}', [['List']]],
    ['{$.kind}', [['List']]],
    ["{['kind']}", [['List']]],
    ["{.['kind','a.b']}", [['List', 1]]],
    ['{.a\\.b}', [[1]]],
    ['{.items[0].name}', [['x']]],
    ['{.items[-1].name}', [['z']]],
    ['{.items[0,2].name}', [['x', 'z']]],
    ['{.items[*].name}', [['x', 'y', 'z']]],
    ['{.items[1:].name}', [['y', 'z']]],
    ['{.items[:2].name}', [['x', 'y']]],
    ['{.items[::2].name}', [['x', 'z']]],
    ['{.items[1:1]}', [[]]],
    ['{.items[-2:-1].name}', [['y']]],
    ['{.items[?(@.size>1)].name}', [['y', 'z']]],
    ['{.items[?(@.size >= 2)].name}', [['y', 'z']]],
    ["{.items[?(@.name=='y')].size}", [[2]]],
    ['{.items[?(@.name!="y")].size}', [[1, 3]]],
    ['{.items[?(@.ready)].name}', [['z']]],
    ['{.items[?(@.ready==true)].name}', [['z']]],
    ['{.items[?(@.size==9)]}', [[]]],
    ['{..name}', [['x', 'y', 'z']]],
    ['{.none[0]}', [[]]],
    ['{.kind}{.items[0].size}', [['List'], [1]]],
    ['text', [['text']]],
    ['a {.kind}', [['a '], ['List']]],
    ['{"quoted"}', [['quoted']]],
    ['{range .items[*]}{.name}{"\\n"}{end}', [['x'], ['\n'], ['y'], ['\n'], ['z'], ['\n']]],
    ['{range .items[?(@.size==9)]}{.name}{end}', []],
  ] as const) {
    it(path, () => {
      expect(find(path)).to.deep.equal(expected);
    });
  }

  for (const [path, expected] of [
    ['{.missing}', 'missing is not found'],
    ['{.items[0].missing}', 'missing is not found'],
    ['{.items[3]}', 'array index out of bounds: index 3, length 3'],
    ['{.items[-4]}', 'array index out of bounds: index -1, length 3'],
    ['{.items[2:5]}', 'array index out of bounds: index 4, length 3'],
    ['{.items[2:1]}', 'starting index 2 is greater than ending index 1'],
    ['{.items[::0]}', 'step must be > 0'],
    ['{.kind[0]}', 'string is not array or slice'],
    ['{$[0]}', 'map[string]interface {} is not array or slice'],
    ['{.kind', 'unclosed action'],
    ['{.items[0}', 'unterminated array'],
    ['{.items[x]}', 'invalid array index x'],
    ['{#}', "unrecognized character in action: U+0023 '#'"],
    ['{end}', 'not in range, nothing to end'],
    ['{range .items[*]}{.name}', 'unexpected end of input, missing end of range'],
  ] as const) {
    it(`${path} is no path here: ${expected}`, () => {
      expect(problem(path)).to.equal(expected);
    });
  }
});
