import { expect } from 'chai';
import { locateFields } from './field-lines.js';

const text = `# a comment
kind: Rollout
spec:
  steps:
    - setWeight: 20
    - pause: {}
      name: x
    -
      setWeight: 40
  flow: {a: 1,
    b: [1, 2]}
  "quoted key": 1
`;

describe('lines of fields', () => {
  for (const [path, line, depth] of [
    ['kind', 2, 1],
    ['spec.steps', 4, 2],
    ['spec.steps[0].setWeight', 5, 4],
    ['spec.steps[1].name', 7, 4],
    ['spec.steps[2].setWeight', 9, 4],
    ['spec.flow.b[1]', 11, 4],
    ['spec.quoted key', 12, 2],
    ['spec.steps[1].missing.more', 6, 3],
    ['nothing', 1, 0],
  ] as const)
    it(`${path} is on line ${line}`, () => expect(locateFields(text)(path)).to.deep.include({ line, depth }));
  it('fields and their values have columns', () => {
    expect(locateFields(text)('spec.steps[0].setWeight')).to.deep.include({
      column: 7,
      value: { line: 5, column: 18 },
    });
    expect(locateFields('a: "x y"\nb: |\n  z')('a').value).to.deep.equal({ line: 1, column: 5 });
    expect(locateFields('a: {b: 1}')('a.b')).to.deep.include({ column: 5, value: { line: 1, column: 8 } });
  });
  it('a text that is no YAML has its first line', () => {
    expect(locateFields('a: [')('a')).to.include({ line: 1 });
  });
});
