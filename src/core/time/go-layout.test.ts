import { expect } from 'chai';
import { formatGoTime } from './go-layout.js';
import { parseGoTime } from './go-parse.js';

const at = BigInt(Date.UTC(2026, 0, 2, 15, 4, 5)) * 1_000_000n + 678_900_000n;

describe('layouts of Go', () => {
  it('prints a moment by the elements of the reference time', () => {
    const print = (layout: string) => formatGoTime(at, layout);
    expect(print('2006-01-02T15:04:05Z07:00')).to.equal('2026-01-02T15:04:05Z');
    expect(print('Mon Jan _2 03:04:05PM 06 MST')).to.equal('Fri Jan  2 03:04:05PM 26 UTC');
    expect(print('Monday, January 2 3:4:5 pm -0700')).to.equal('Friday, January 2 3:4:5 pm +0000');
    expect(print('05.000 05.999999 002')).to.equal('05.678 05.6789 002');
    expect(formatGoTime(at, '15:04 -07:00', { name: 'CET', offsetMinutes: 90 })).to.equal('16:34 +01:30');
    const localMeanTime = { name: 'LMT', offsetMinutes: 2048 / 60 };
    expect(formatGoTime(at, '15:04:05 -07:00:00', localMeanTime)).to.equal('15:38:13 +00:34:08');
  });

  it('reads what it prints', () => {
    for (const layout of ['2006-01-02T15:04:05.999999999Z07:00', 'Jan _2 2006 03:04:05.999999999 PM -0700']) {
      expect(parseGoTime(formatGoTime(at, layout), layout), layout).to.equal(at);
    }
    expect(parseGoTime('2026-01-02T15:04:05.6789Z', '2006-01-02T15:04:05Z07:00')).to.equal(at);
    expect(parseGoTime('2026-01-02T16:04:05+01:00', '2006-01-02T15:04:05Z07:00')).to.equal(at - 678_900_000n);
    expect(parseGoTime('2026-02-30', '2006-01-02')).to.equal(undefined);
    expect(parseGoTime('nothing', '2006-01-02')).to.equal(undefined);
  });
});
