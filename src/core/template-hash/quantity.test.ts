import { expect } from 'chai';
import { canonicalQuantity } from './quantity.js';

describe('quantities', () => {
  const table: readonly [given: string | number, canonical: string][] = [
    [0.001, '1m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    [0.5, '500m'],
    [1, '1'],
    ['0', '0'],
    ['0Gi', '0'],
    ['1Gi', '1Gi'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1023', '1023'],
    ['100m', '100m'],
    ['1500M', '1500M'],
    ['1000k', '1M'],
    ['1e3', '1e3'],
    ['1e2', '100'],
    ['12E6', '12E6'],
    ['1000E3', '1e6'],
    ['1E', '1E'],
    ['.5', '500m'],
    ['5.', '5.'],
    ['+1', '+1'],
    ['00012', '00012'],
    ['1E3', '1E3'],
    ['1e0', '1e0'],
    ['1e4009007199254740993', '1e4009007199254740993'],
    ['1025Ki', '1025Ki'],
    [1e21, '1e+21'],
    ['123456789.123456789', '123456789.123456789'],
    ['8Ei', '9223372036854775807'],
    ['1000Ki', '1000Ki'],
    ['8Ki', '8Ki'],
    ['-100m', '-100m'],
    ['0.0000000001', '1n'],
    ['1.0005Ki', '1024512m'],
    ['many', 'many'],
  ];
  for (const [given, canonical] of table) {
    it(`writes ${JSON.stringify(given)} as ${canonical}`, () => {
      expect(canonicalQuantity(given)).to.equal(canonical);
    });
  }
});
