import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT, type GenerateKeyPairResult } from 'jose';
import { instantOf, type Instant } from '#core/time/instant.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { createOidcTokens } from './oidc-tokens.js';

const start = Date.parse('2026-01-01T00:00:00Z');

describe('tokens of an identity provider (flux-semantics 12.5, generic-oidc)', () => {
  let server: FakeHttpServer;
  let now: Instant;
  let published: Record<string, GenerateKeyPairResult>;
  before(async () => {
    server = await FakeHttpServer.start();
    published = {
      RS256: await generateKeyPair('RS256'),
      ES256: await generateKeyPair('ES256'),
      EdDSA: await generateKeyPair('EdDSA'),
    };
  });
  after(() => server.stop());
  beforeEach(() => {
    now = instantOf(start);
    server.seen.length = 0;
    server.answer = ({ path }, response) => void serve(path).then((body) => sendJson(response, 200, body));
  });

  async function serve(path: string, issuer = server.url): Promise<object> {
    if (path === '/.well-known/openid-configuration') return { issuer, jwks_uri: `${issuer}/keys` };
    const keys = Object.entries(published).map(async ([kid, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg: kid,
    }));
    return { keys: await Promise.all(keys) };
  }

  const signed = (more: object = {}, alg = 'RS256', key = published[alg]!.privateKey): Promise<string> =>
    new SignJWT({ iss: server.url, aud: 'sluice', sub: 'ci', exp: start / 1000 + 600, ...more })
      .setProtectedHeader({ alg, kid: alg })
      .sign(key);
  const verify = (token: string, tokens = createOidcTokens({ now: () => now })) =>
    tokens.verify(token, { issuer: server.url, audience: 'sluice' });

  for (const alg of ['RS256', 'ES256', 'EdDSA']) {
    it(`are good when a key of the provider signed them with ${alg}`, async () => {
      const verdict = await verify(await signed({}, alg));
      expect(verdict.ok && verdict.claims['sub']).to.equal('ci');
    });
  }

  it('ask the provider once for many tokens', async () => {
    const tokens = createOidcTokens({ now: () => now });
    for (const token of [await signed(), await signed({ sub: 'b' })]) await verify(token, tokens);
    expect(server.seen.map(({ path }) => path)).to.deep.equal(['/.well-known/openid-configuration', '/keys']);
  });

  const bad: readonly (readonly [string, () => Promise<string>])[] = [
    ['for another audience', () => signed({ aud: 'other' })],
    ['of another issuer', () => signed({ iss: 'https://evil.test' })],
    ['that has expired', () => signed({ exp: start / 1000 - 120 })],
    ['without an end', () => signed({ exp: undefined })],
    ['from the future', () => signed({ nbf: start / 1000 + 600 })],
    ['of somebody else', async () => signed({}, 'RS256', (await generateKeyPair('RS256')).privateKey)],
    [
      'that is signed with a secret that everybody knows',
      () => signed({}, 'HS256', new TextEncoder().encode('0'.repeat(64)) as never),
    ],
    ['that is none', () => Promise.resolve('x.y.z')],
  ];
  for (const [what, make] of bad) {
    it(`are refused: one ${what}`, async () => {
      const token = await make();
      const verdict = await verify(token);
      expect(verdict.ok).to.equal(false);
      expect(JSON.stringify(verdict)).not.to.include(token.slice(0, 20));
    });
  }

  it('are good again when the provider has a new key, which is asked for once a minute at most', async () => {
    const tokens = createOidcTokens({ now: () => now });
    await verify(await signed(), tokens);
    const fresh = await generateKeyPair('ES384');
    published['ES384'] = fresh;
    const token = await signed({}, 'ES384');
    expect((await verify(token, tokens)).ok).to.equal(false);
    now = instantOf(start + 61_000);
    expect((await verify(token, tokens)).ok).to.equal(true);
  });

  const providers: readonly (readonly [string, (path: string) => Promise<object>, RegExp])[] = [
    ['is another than it says', (path) => serve(path, 'https://evil.test'), /is that of another issuer/],
    [
      'has no keys',
      (path) => (path === '/keys' ? Promise.resolve({}) : serve(path)),
      /answered without keys/,
    ],
  ];
  for (const [what, answer, problem] of providers) {
    it(`cannot be checked while the provider ${what}`, async () => {
      server.answer = ({ path }, response) => void answer(path).then((body) => sendJson(response, 200, body));
      expect(await verify(await signed()).catch(String)).to.match(problem);
    });
  }

  it('are not checked with providers at addresses that only the machine is meant to reach', async () => {
    const denied = (): never => {
      throw new Error('it is on the list of denied addresses');
    };
    const tokens = createOidcTokens({ now: () => now }, { check: denied, lookup: denied });
    expect(await verify(await signed(), tokens).catch(String)).to.match(/could not be asked/);
    expect(server.seen).to.deep.equal([]);
  });
});
