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
    it(`${path} is on line ${line}`, () => expect(locateFields(text)(path)).to.deep.equal({ line, depth }));
  it('a text that is no YAML has its first line', () => {
    expect(locateFields('a: [')('a')).to.include({ line: 1 });
  });
});
