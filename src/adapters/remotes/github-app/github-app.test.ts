import { createVerify, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { GitHubAppLogin } from '#ports/github-app.js';
import { failure } from '#test/fakes/failure.js';
import { createGitHubApps } from './index.js';

const start = Date.UTC(2026, 0, 1);
const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

describe('tokens of a GitHub App', () => {
  let server: Server;
  let base: string;
  let now = start;
  const requests: string[] = [];
  const clock = { now: () => instantOf(now), schedule: () => () => undefined };

  before(async () => {
    server = createServer((request, response) => {
      requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      const [head = '', claims = '', signature = ''] = (request.headers.authorization ?? '')
        .slice(7)
        .split('.');
      const isSigned = createVerify('RSA-SHA256')
        .update(`${head}.${claims}`)
        .verify(pair.publicKey, signature, 'base64url');
      const { iss, exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
        string,
        unknown
      >;
      if (!isSigned || iss !== '12' || Number(exp) - Number(iat) > 600) {
        response.writeHead(401).end('{}');
        return;
      }
      const answers: Readonly<Record<string, readonly [number, object]>> = {
        '/app/installations/34/access_tokens': [
          201,
          { token: `t${requests.length}`, expires_at: new Date(now + 3_600_000).toISOString() },
        ],
        '/users/alice/installation': [200, { id: 34 }],
      };
      const [status, body] = answers[request.url ?? ''] ?? [404, {}];
      response.writeHead(status).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });
  after(() => server.close());
  beforeEach(() => {
    requests.length = 0;
    now = start;
  });

  const login = (more: Partial<GitHubAppLogin> = {}): GitHubAppLogin => {
    return { appId: '12', privateKey: pair.privateKey, installation: { id: '34' }, baseUrl: base, ...more };
  };
  const failureOf = (asked: GitHubAppLogin) => failure(createGitHubApps(clock).tokenOf(asked, 5_000));

  it('are asked for once, and again five minutes before they expire', async () => {
    const apps = createGitHubApps(clock);
    expect(await apps.tokenOf(login(), 5_000)).to.equal('t1');
    now = start + 54 * 60_000;
    expect(await apps.tokenOf(login(), 5_000)).to.equal('t1');
    now = start + 56 * 60_000;
    expect(await apps.tokenOf(login(), 5_000)).to.equal('t2');
    expect(requests).to.have.length(2);
  });

  it('are of the installation of an account, organisation or user', async () => {
    expect(
      await createGitHubApps(clock).tokenOf(login({ installation: { owner: 'alice' } }), 5_000),
    ).to.equal('t3');
    expect(requests.slice(0, 2)).to.deep.equal([
      'GET /orgs/alice/installation',
      'GET /users/alice/installation',
    ]);
    const error = await failureOf(login({ installation: { owner: 'bob' } }));
    expect(error).to.include({ code: 'GitDenied' });
    expect(error.message).to.match(/not installed for "bob"/);
  });

  it('are refused to another app, and to a key that is none, which is not told', async () => {
    expect(await failureOf(login({ appId: '99' }))).to.include({ code: 'GitDenied' });
    const error = await failureOf(login({ privateKey: 's3cr3t' }));
    expect(error.message).to.equal("GitHub App: key 'githubAppPrivateKey' is no RSA private key in PEM");
    expect((await failureOf(login({ baseUrl: 'http://127.0.0.1:9' }))).code).to.equal('GitUnreachable');
  });
});
