import { expect } from 'chai';
import { assert, integer, nat, property, uuid } from 'fast-check';
import { spreadInterval } from './interval.js';

describe('interval of an object', () => {
  it('stays within the percentage and is always the same', () => {
    assert(
      property(uuid(), nat(1e9), integer({ min: 0, max: 100 }), (uid, ms, percent) => {
        const spread = spreadInterval(ms, percent, uid);
        expect(Math.abs(spread - ms)).to.be.at.most((ms * percent) / 100 + 1);
        expect(spreadInterval(ms, percent, uid)).to.equal(spread);
      }),
    );
  });

  it('differs between objects and is exact without jitter', () => {
    const of = (uid: string) => spreadInterval(60_000, 5, uid);
    expect(new Set(['a', 'b', 'c', 'd'].map(of)).size).to.equal(4);
    expect(spreadInterval(60_000, 0, 'a')).to.equal(60_000);
  });
});
