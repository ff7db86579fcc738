import { expect } from 'chai';
import * as fc from 'fast-check';
import { combineShares } from './shamir.js';
import { splitSecret } from '#test/fakes/split-secret.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('parts of a data key (Shamir)', () => {
  it('make the secret that they were made of, whichever of them, as soon as there are enough', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(bytes, fc.integer({ min: 2, max: 5 }), fc.integer(), (secret, threshold, seed) => {
        const shares = splitSecret(secret, threshold, threshold + 2, seed);
        expect(combineShares(shares.slice(0, threshold))).to.deep.equal(secret);
        expect(combineShares(shares.slice(2))).to.deep.equal(secret);
        expect(combineShares(shares)).to.deep.equal(secret);
      }),
    );
  });

  it('are of a line over the field with the polynomial 0x11b', () => {
    // The secret 0x05 and the slope 0x53: at 1 and at 2 the line is at 0x05^0x53 and 0x05^0xa6.
    expect(combineShares([hex('5601'), hex('a302')])).to.deep.equal(hex('05'));
    // At 0x02 and 0xca = 1/0x53: the slope times 1/0x53 is one.
    expect(combineShares([hex('a302'), hex('04ca')])).to.deep.equal(hex('05'));
  });

  const bad: readonly (readonly [string, readonly string[]])[] = [
    ['one alone', ['5601']],
    ['of different lengths', ['5601', 'a3a302']],
    ['of the same place', ['5601', 'a301']],
    ['that are empty', ['01', '02']],
  ];
  for (const [what, shares] of bad) {
    it(`make nothing when they are ${what}`, () => {
      expect(combineShares(shares.map(hex))).to.equal(undefined);
    });
  }
});
