import { expect } from 'chai';
import { instantOf } from './instant.js';
import { createTokenBucket, takeToken } from './token-bucket.js';

describe('token bucket', () => {
  it('lets a burst through at once, then one a period', () => {
    let bucket = createTokenBucket(10, 2, instantOf(0));
    const waits = [0, 0, 0, 0].map(() => {
      const taken = takeToken(bucket, instantOf(0));
      bucket = taken.bucket;
      return taken.goAt;
    });
    expect(waits).to.deep.equal([0, 0, 100, 200]);
  });

  it('fills up to the burst and no further while it rests', () => {
    let bucket = takeToken(createTokenBucket(10, 2, instantOf(0)), instantOf(0)).bucket;
    const waits = [60_000, 60_000, 60_000].map((now) => {
      const taken = takeToken(bucket, instantOf(now));
      bucket = taken.bucket;
      return taken.goAt - now;
    });
    expect(waits).to.deep.equal([0, 0, 100]);
  });
});
