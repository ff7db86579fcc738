import { expect } from 'chai';
import { digestAlgorithms, digestOf, hasDigest, type DigestAlgorithm } from './digest.js';

const abc = new TextEncoder().encode('abc');

/** As published for the text `abc`. */
const known: Readonly<Record<DigestAlgorithm, string>> = {
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
  sha384: 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
  sha512:
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  blake3: '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85',
};

describe('digests of artifacts (flux-semantics 2.1)', () => {
  for (const algorithm of digestAlgorithms) {
    it(`are made and checked with ${algorithm}`, () => {
      const digest = `${algorithm}:${known[algorithm]}`;
      expect(digestOf(abc, algorithm)).to.equal(digest);
      expect(hasDigest(abc, digest)).to.equal(true);
      expect(hasDigest(new Uint8Array(), digest)).to.equal(false);
    });
  }

  it('of an unknown algorithm nothing has', () => {
    expect(hasDigest(abc, 'md5:900150983cd24fb0d6963f7d28e17f72')).to.equal(false);
  });
});
