import { expect } from 'chai';
import * as fc from 'fast-check';
import { maskSecrets } from './mask.js';

const rows: readonly (readonly [name: string, secret: string, text: string, masked: string])[] = [
  ['as it is', 'hush', 'a hush b hush', 'a ***** b *****'],
  ['without the line end that a file left behind it', 'hush\n', 'token hush is bad', 'token ***** is bad'],
  ['in the text of JSON', 'a"b\\c', 'body {"t":"a\\"b\\\\c"}', 'body {"t":"*****"}'],
  ['in the text of Go’s JSON', 'a&b<c>', 'body {"t":"a\\u0026b\\u003cc\\u003e"}', 'body {"t":"*****"}'],
  ['in a URL', 'a b/c', 'GET http://x/a%20b%2Fc', 'GET http://x/*****'],
  ['in the path of a URL', 'a b/c', 'GET http://x/a%20b/c', 'GET http://x/*****'],
  ['in a form', 'a b!c', 'q=a+b%21c&x', 'q=*****&x'],
  ['in base64', 'secret', 'Basic c2VjcmV0', 'Basic *****'],
  ['in padded base64', 'hush', 'x aHVzaA== y', 'x ***** y'],
  ['in base64 without padding', 'hush', 'x aHVzaA y', 'x ***** y'],
  ['in base64 for URLs', '??>>~~', 't=Pz8-Pn5-', 't=*****'],
  ['in the credentials of a user, in base64', 'secret', 'Basic dXNlcjpzZWNyZXQ= x', 'Basic dXNlcjp*****Q= x'],
  ['in longer base64, one byte in', 'secret', 'eHNlY3JldHk=', 'eH*****Hk='],
  ['of several letters beyond ASCII', 'grüße', 'gr%C3%BC%C3%9Fe Z3LDvMOfZQ==', '***** *****'],
];

describe('a Secret in a text', () => {
  for (const [name, secret, text, masked] of rows) {
    it(`is masked ${name}`, () => expect(maskSecrets(text, [secret])).to.equal(masked));
  }

  it('is masked wholly when another one is a part of it', () => {
    expect(maskSecrets('hush-hush hush', ['hush', 'hush-hush'])).to.equal('***** *****');
  });

  it('may be empty or blank, which masks nothing', () => {
    expect(maskSecrets('a b', ['', '\n'])).to.equal('a b');
  });

  it('may be as long as a Secret can be', () => {
    const long = 'a1'.repeat(100_000);
    expect(maskSecrets(`<${long}>`, [long])).to.equal('<*****>');
  });

  it('of three letters is not looked for in base64, where it would be anywhere', () => {
    expect(maskSecrets('YWJj', ['abc'])).to.equal('YWJj');
  });

  it('shows in none of its forms, whatever it is', () => {
    const forms = (secret: string) => [secret, JSON.stringify(secret), encodeURIComponent(secret)];
    fc.assert(
      fc.property(fc.string({ minLength: 5, unit: 'grapheme' }), (secret) => {
        fc.pre(!secret.includes('*') && secret.trim().length > 4);
        for (const form of forms(secret)) {
          expect(maskSecrets(`<<${form}>>`, [secret])).not.to.include(secret.trim());
        }
      }),
    );
  });
});
