import { expect } from 'chai';
import * as fc from 'fast-check';
import { applyMergePatch, isEqual, mergePatchBetween } from './json.js';

describe('json', () => {
  const withoutNull = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.array(fc.integer()),
      tie('object'),
    ),
    object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value')),
  })).object;

  it('a merge patch between two values turns one into the other', () => {
    fc.assert(
      fc.property(withoutNull, withoutNull, (from, to) => {
        const patch = mergePatchBetween(from, to);
        expect(isEqual(patch === undefined ? from : applyMergePatch(from, patch), to)).to.equal(true);
      }),
    );
  });
  it('equal values need no patch', () => {
    expect(mergePatchBetween({ a: { b: [1] }, c: undefined }, { a: { b: [1] } })).to.equal(undefined);
  });
});
