import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { instantOf, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { createGoogleTokens } from './tokens.js';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
const start = Date.parse('2026-01-01T00:00:00Z');
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as Google makes them, with some of it otherwise. */
function tokenOf(more: object = {}, head: object = {}, key = pair.privateKey): string {
  const body = {
    iss: 'https://accounts.google.com',
    aud: 'sluice',
    iat: start / 1000,
    exp: start / 1000 + 3600,
  };
  const signed = `${part({ alg: 'RS256', kid: 'one', ...head })}.${part({ ...body, ...more })}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

describe('identity tokens of Google (flux-semantics 12.5, gcr)', () => {
  let asked = 0;
  let now: Instant = instantOf(start);
  const clock: Pick<Clock, 'now'> = { now: () => now };
  const server = createServer((_request, response) => {
    asked += 1;
    const keys = [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256' }];
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  before((done) => void server.listen(0, '127.0.0.1', done));
  after((done) => void server.close(done));
  beforeEach(() => {
    asked = 0;
    now = instantOf(start);
  });
  const tokens = () => {
    const { port } = server.address() as AddressInfo;
    return createGoogleTokens(clock, `http://127.0.0.1:${port}/certs`);
  };

  it('are good when a key of the provider signed them, which is asked for once', async () => {
    const google = tokens();
    expect(await google.verify(tokenOf())).to.have.property('ok', true);
    expect(await google.verify(tokenOf({ iss: 'accounts.google.com' }))).to.have.property('ok', true);
    expect(asked).to.equal(1);
  });

  const bad: readonly (readonly [what: string, token: string])[] = [
    ['signed by somebody else', tokenOf({}, {}, foreign.privateKey)],
    ['with a key that nobody has', tokenOf({}, { kid: 'two' })],
    ['without a signature', `${part({ alg: 'none' })}.${part({})}.`],
    ['that says it needs none', tokenOf({}, { alg: 'none' })],
    ['of another issuer', tokenOf({ iss: 'https://evil.test' })],
    ['that has expired', tokenOf({ exp: start / 1000 - 120 })],
    ['without an end', tokenOf({ exp: null })],
    ['from the future', tokenOf({ iat: start / 1000 + 600 })],
    ['that is none', 'x.y'],
  ];
  for (const [what, token] of bad) {
    it(`are refused: one ${what}`, async () => {
      const verdict = await tokens().verify(token);
      expect(verdict.ok).to.equal(false);
      expect(JSON.stringify(verdict)).not.to.include(token.slice(0, 20));
    });
  }

  it('with unknown keys ask the provider once a minute at most', async () => {
    const google = tokens();
    for (const kid of ['a', 'b', 'c']) await google.verify(tokenOf({}, { kid }));
    expect(asked).to.equal(1);
    now = instantOf(start + 61_000);
    await google.verify(tokenOf({}, { kid: 'd' }));
    expect(asked).to.equal(2);
  });
});
