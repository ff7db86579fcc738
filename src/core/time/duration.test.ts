import { expect } from 'chai';
import { formatGoDuration, goDurationError, parseGoDuration } from './duration.js';

describe('Go durations', () => {
  const good: readonly [text: string, ms: number][] = [
    ['0', 0],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['-2s', -2000],
    ['250ms', 250],
    ['1m0.5s', 60_500],
  ];
  for (const [text, ms] of good) {
    it(`reads ${text}`, () => expect(parseGoDuration(text)).to.equal(ms));
  }
  const bad: readonly [text: string, error: string][] = [
    ['', 'time: invalid duration ""'],
    ['abc', 'time: invalid duration "abc"'],
    ['10', 'time: missing unit in duration "10"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['1h5', 'time: missing unit in duration "1h5"'],
    ['1h 3m', 'time: unknown unit "h " in duration "1h 3m"'],
    ['1h-30m', 'time: unknown unit "h-" in duration "1h-30m"'],
    ['5é"', String.raw`time: unknown unit "\xc3\xa9\"" in duration "5\xc3\xa9\""`],
    ['.s', 'time: invalid duration ".s"'],
    ['2562048h', 'time: invalid duration "2562048h"'],
  ];
  for (const [text, error] of bad) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseGoDuration(text)).to.equal(undefined);
      expect(goDurationError(text)).to.equal(error);
    });
  }
  it('prints as Go does', () => {
    expect([0, 500, 1500, 90_000, 3_600_000].map(formatGoDuration)).to.deep.equal([
      '0s',
      '500ms',
      '1.5s',
      '1m30s',
      '1h0m0s',
    ]);
  });
});
