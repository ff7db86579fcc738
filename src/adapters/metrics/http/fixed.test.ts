import { expect } from 'chai';
import { formatFixed } from './fixed.js';

describe('floats with a fixed number of decimals', () => {
  for (const [value, decimals, text] of [
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [-0.125, 2, '-0.12'],
    [1.005, 2, '1.00'],
    [2.5, 0, '2'],
    [3.5, 0, '4'],
    [10, 6, '10.000000'],
    [1e-7, 6, '0.000000'],
    [Number.NaN, 2, 'NaN'],
    [Infinity, 2, '+Inf'],
    [-Infinity, 2, '-Inf'],
  ] as const) {
    it(`${value} with ${decimals} is ${text}, as in Go`, () => {
      expect(formatFixed(value, decimals)).to.equal(text);
    });
  }
});
