import { expect } from 'chai';
import { parseIgnorePattern } from './ignore-pattern.js';

/** A pattern, what it leaves out, and what it does not; a path that ends in `/` is a directory. What git says too. */
const patterns: readonly [pattern: string, takes: readonly string[], leaves: readonly string[]][] = [
  ['a', ['a', 'a/', 'b/a', 'a/b'], ['ab', 'b/ab']],
  ['/a', ['a', 'a/b'], ['b/a']],
  ['a/', ['a/', 'a/b', 'b/a/b'], ['a', 'b/a']],
  ['a/b', ['a/b', 'a/b/c'], ['c/a/b', 'a/c/b']],
  ['*.txt', ['x.txt', 'a/x.txt', 'x.txt/a', '.txt'], ['x.txt.gz', 'txt']],
  ['a*b', ['ab', 'axb', 'c/axxb'], ['axbc', 'a/b']],
  ['a/*', ['a/b', 'a/b/c'], ['a', 'b/a/c']],
  ['a/?', ['a/b'], ['a/bc', 'a/']],
  ['[a-c]x', ['ax', 'd/bx'], ['dx', 'x']],
  ['[!a]x', ['bx'], ['ax']],
  ['[z-a]', [], ['z', 'a']],
  [String.raw`\*`, ['*'], ['a']],
  [String.raw`\!a`, ['!a'], ['a']],
  ['**/a', ['a', 'b/a', 'b/c/a/d'], ['ba']],
  ['a/**', ['a/b', 'a/b/c'], ['a', 'a/', 'b/a/c']],
  ['a/**/b', ['a/b', 'a/c/b', 'a/c/d/b/e'], ['a', 'b', 'c/a/b']],
  ['**', ['a', 'a/b'], []],
  ['a   ', ['a'], ['a   ']],
  ['/', [], ['a', 'a/']],
];

function matches(pattern: string, path: string): boolean {
  const isDirectory = path.endsWith('/');
  return parseIgnorePattern(pattern)(path.replace(/\/$/, '').split('/'), isDirectory);
}

describe('a pattern that leaves files out', () => {
  for (const [pattern, takes, leaves] of patterns) {
    it(`"${pattern}"`, () => {
      expect(takes.filter((path) => !matches(pattern, path))).to.deep.equal([]);
      expect(leaves.filter((path) => matches(pattern, path))).to.deep.equal([]);
    });
  }

  it('of many stars is done in bounded time', () => {
    expect(matches(`${'**/a/'.repeat(40)}b`, `${'a/'.repeat(400)}c`)).to.equal(false);
    expect(matches(`${'*a'.repeat(40)}b`, 'a'.repeat(400))).to.equal(false);
  });
});
