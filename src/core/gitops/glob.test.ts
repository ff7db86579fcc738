import { expect } from 'chai';
import { array, assert, constantFrom, property } from 'fast-check';
import { matchedLengths, parseGlob } from './glob.js';

/** The same glob as a pattern of JavaScript. */
function patternOf(glob: string): RegExp {
  const body = glob
    .replaceAll('.', String.raw`\.`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  return new RegExp(`^(?:${body})$`, 'su');
}

describe('a glob at the beginning of a text', () => {
  it('matches what a pattern matches, at every length', () => {
    const parts = constantFrom('a', 'b', '.', '*', '?', '[ab]', '[!a]', '[a-c]');
    const globs = array(parts, { maxLength: 6 }).map((all) => all.join(''));
    const texts = array(constantFrom('a', 'b', 'c', '.', '\u{1f600}'), { maxLength: 8 });
    assert(
      property(globs, texts, (glob, text) => {
        const lengths = Array.from({ length: text.length + 1 }, (_, i) => i);
        const matched = lengths.filter((length) => patternOf(glob).test(text.slice(0, length).join('')));
        expect([...matchedLengths(parseGlob(glob) ?? [], text)]).to.deep.equal(matched);
      }),
      { seed: 7 },
    );
  });

  it('is none when a range runs backwards', () => {
    expect(parseGlob('a[z-a]')).to.equal(undefined);
  });
});
