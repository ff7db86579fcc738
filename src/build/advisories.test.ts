import { expect } from 'chai';
import { advisoriesIn } from './advisories.js';

describe('known vulnerabilities', () => {
  const rows: readonly (readonly [what: string, text: string, answer: object])[] = [
    ['none', '{"vulnerabilities":{},"metadata":{}}', { isKnown: true, found: [] }],
    [
      'one',
      '{"vulnerabilities":{"a":{"severity":"high","range":"<2"}}}',
      { isKnown: true, found: ['a: high, <2'] },
    ],
    [
      'a registry without a list',
      '{"message":"405 Method Not Allowed","error":{}}',
      { isKnown: false, why: '405 Method Not Allowed' },
    ],
    ['no words', '{}', { isKnown: false, why: 'the registry keeps no list of them' }],
    ['no answer', 'npm warn', { isKnown: false, why: 'npm gave no answer' }],
  ];
  for (const [what, text, answer] of rows)
    it(what, () => {
      expect(advisoriesIn(text)).to.deep.equal(answer);
    });
});
