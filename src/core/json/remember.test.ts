import { expect } from 'chai';
import { rememberByObject } from './remember.js';

describe('results remembered by object', () => {
  it('computes once for a frozen object, and each time for one that may change', () => {
    let count = 0;
    const sizeOf = rememberByObject((object: Readonly<Record<string, unknown>>) => {
      count++;
      return Object.keys(object).length;
    });
    const frozen = Object.freeze({ a: 1 });
    expect([sizeOf(frozen), sizeOf(frozen), count]).to.deep.equal([1, 1, 1]);
    const open: Record<string, unknown> = { a: 1 };
    expect(sizeOf(open)).to.equal(1);
    open['b'] = 2;
    expect([sizeOf(open), sizeOf(Object.freeze({})), count]).to.deep.equal([2, 0, 4]);
  });
});
