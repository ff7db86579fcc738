import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import { signRequest, type SignableRequest } from './sign.js';

const scope = {
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  region: 'us-east-1',
  service: 'service',
  now: instantOf(Date.UTC(2015, 7, 30, 12, 36)),
};

// The examples that AWS published for Signature Version 4.
const vectors: readonly (readonly [string, Partial<SignableRequest>, string])[] = [
  ['a plain GET', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'a query whose keys are out of order',
    { url: new URL('https://example.amazonaws.com/?Param2=value2&Param1=value1') },
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'a form',
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Param1=value1',
    },
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
];

describe('AWS Signature Version 4', () => {
  for (const [what, given, signature] of vectors) {
    it(`signs ${what}`, () => {
      const url = new URL('https://example.amazonaws.com/');
      const request = { method: 'GET', url, headers: {}, body: '', ...given };
      expect(signRequest(request, scope)['authorization']).to.match(new RegExp(`Signature=${signature}$`));
    });
  }
});
