import { expect } from 'chai';
import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { QueryFailure } from '../../http/failure.js';
import { findByJsonPath, parseJsonPath } from './json-path.js';

const data = {
  kind: 'List',
  'a.b': 1,
  none: null,
  nested: { key: 'deep' },
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
    ['{.items[].name}', [['x']]],
    ['{.items[0,1:3].name}', [['x', 'y', 'z']]],
    ["{.items[*]['name','size']}", [['x', 'y', 'z', 1, 2, 3]]],
    ["{['a.b']}", [[1]]],
    ["{['a\\.b']}", [[1]]],
    ["{['nested.key']}", [['deep']]],
    ['{["kind"]}', [['List']]],
    ['{.items[?(@.size==9)].name}', [[]]],
    ['{.items[?(@.none)].name}', [[]]],
    ['{...name}', [['x', 'y', 'z']]],
    ['{1}{-1.5}{true}', [[1], [-1.5], [true]]],
    ['{"a\\t\\u0041\\x42\\103"}', [['a\tABC']]],
    ["{'it\\'s'}", [["it's"]]],
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
    ["{[0]['a'}", 'unterminated array'],
    ['{(a)[?(@.x}', "unrecognized character in action: U+0028 '('"],
    ['{.items[x]}', 'invalid array index x'],
    ['{#}', "unrecognized character in action: U+0023 '#'"],
    ['{end}', 'not in range, nothing to end'],
    ['{range .items[*]}{.name}', 'name is not found'],
    ['{kind}', 'unrecognized identifier kind'],
    ['{.}', ' is not found'],
    ['{.a,}', "unrecognized character in action: U+002C ','"],
    ['{\n.kind}', 'unclosed action'],
    ['{.items[ 1 ]}', 'invalid array index  1 '],
    ['{.items[0,x]}', 'invalid array index x'],
    ['{.items[-]}', 'array index - is not a number'],
    ['{....name}', 'invalid multiple recursive descent'],
    ['{1.2.3}', 'cannot parse number 1.2.3'],
    ['{"open}', 'unterminated quoted string'],
    ['{"\\q"}', 'unquote string "\\q" error invalid syntax'],
    ["{.items[?(@.name=='y'].x}", 'unterminated filter'],
    ["{.items[?(@.name=='y')}", 'unclosed array expect ]'],
    ['{.items[?(@.size===2)]}', 'unrecognized filter operator ==='],
    ["{.items[?(@.size=='2')]}", 'incompatible types for comparison'],
    ['{.items[?(@.tags==1)]}', 'invalid type for comparison'],
    ['{.items[?(@.ready<true)]}', 'invalid type for comparison'],
    ['{.kind[?(@.x)]}', 'List is not array or slice and cannot be filtered'],
    ['{.none[?(@.x)]}', '<nil> is not array or slice and cannot be filtered'],
    ['{.items[?(@.tags[*]==1)]}', 'can only compare one element at a time'],
  ] as const) {
    it(`${path} is no path here: ${expected}`, () => {
      expect(problem(path)).to.equal(expected);
    });
  }

  it('finds something or says why not, whatever the path', () => {
    const fragment = oneof(
      constantFrom('{', '}', '[', ']', '[?(', ')', '..', '.', '$', '@', '*', ':', ',', "'", '"', '\\'),
      constantFrom('range ', 'end', '==', '-1', 'items', 'name', 'size', 'kind', 'none', '0', ' '),
      string({ maxLength: 3 }),
    );
    assert(
      property(array(fragment, { maxLength: 12 }), (fragments) => {
        try {
          findByJsonPath(parseJsonPath(fragments.join('')), data);
        } catch (thrown) {
          expect(thrown).to.be.instanceOf(QueryFailure);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
