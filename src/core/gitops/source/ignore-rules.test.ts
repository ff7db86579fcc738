import { expect } from 'chai';
import { array, assert, constantFrom, property } from 'fast-check';
import { treeOf } from '../file-tree.js';
import { bucketIgnoreRules, ignoreRules } from './ignore-rules.js';

const segment = constantFrom('a', 'b', 'docs', 'x.txt', '.github', 'deep');
const path = array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const pattern = constantFrom('*.txt', '/a', 'docs/', 'b/**', '**/deep', 'a/b', 'x.txt', '.github/');

describe('rules that leave files out', () => {
  it('say the same one by one and at once', () => {
    assert(
      property(array(pattern, { maxLength: 5 }), path, (patterns, file) => {
        const text = patterns.join('\n');
        const atOnce = bucketIgnoreRules(undefined, text)(file);
        // A rule that takes back what nobody has keeps them apart.
        expect(bucketIgnoreRules(`!nobody/has/this\n${text}`, undefined)(file)).to.equal(atOnce);
      }),
    );
  });

  it('of version control and the defaults are in force for a repository, none for a bucket', () => {
    const files = [
      '.git/config',
      '.gitmodules',
      'a.zip',
      'x/.github/w.yaml',
      '.drone.yml',
      'sub/.flux.yaml',
      'a.yaml',
    ];
    const tree = treeOf(
      files.map((each) => ({ path: each, content: new Uint8Array(), isExecutable: false })),
    );
    const isIgnored = ignoreRules(tree, undefined);
    expect(files.filter((each) => !isIgnored(each))).to.deep.equal(['a.yaml']);
    expect(files.filter(bucketIgnoreRules(undefined, undefined))).to.deep.equal([]);
  });
});
