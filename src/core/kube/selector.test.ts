import { expect } from 'chai';
import { formatSelector, matchesSelector, parseSelector } from './selector.js';

describe('label selectors', () => {
  const table: readonly [text: string, labels: Record<string, string>, matches: boolean][] = [
    ['', { a: '1' }, true],
    ['a=1', { a: '1' }, true],
    ['a==1,b!=2', { a: '1' }, true],
    ['a!=1', { a: '1' }, false],
    ['a in (1, 2),!c', { a: '2' }, true],
    ['a notin (1,2)', { a: '2' }, false],
    ['app.kubernetes.io/name', { 'app.kubernetes.io/name': 'x' }, true],
    ['!a', { a: '1' }, false],
  ];
  for (const [text, labels, matches] of table) {
    it(`${matches ? 'matches' : 'refuses'} ${JSON.stringify(labels)} by "${text}"`, () => {
      expect(matchesSelector(parseSelector(text), labels)).to.equal(matches);
    });
  }
  it('matches nothing when absent and cannot be read when malformed', () => {
    expect(matchesSelector(undefined, {})).to.equal(false);
    expect(parseSelector('a in 1')).to.equal(undefined);
  });
  it('prints sorted', () => {
    const selector = {
      matchLabels: { b: '1' },
      matchExpressions: [{ key: 'a', operator: 'In' as const, values: ['y', 'x'] }],
    };
    expect(formatSelector(selector)).to.equal('a in (x,y),b=1');
  });
});
