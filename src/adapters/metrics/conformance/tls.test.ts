import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { selfSigned } from '#test/fakes/self-signed.js';
import { expectOutcome, measure, nameOf, subjects } from './bench.js';
import type { Subject } from './subject.js';

/** The sources whose metrics say how a certificate is looked at, and how one logs in. */
const choosy: readonly string[] = ['prometheus', 'web', 'loki', 'elasticsearch'];

describe('every metric source that knows insecure and OAuth2', () => {
  let server: Server;
  let address: string;
  let body: string;
  let seen: string[];
  before(async () => {
    server = createServer(selfSigned, (request, response) => {
      request.resume();
      seen.push(`${request.url} ${request.headers.authorization ?? ''}`);
      response.end(request.url === '/token' ? '{"access_token":"t"}' : body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    seen = [];
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  for (const subject of subjects.filter(({ id }) => choosy.includes(id))) {
    const [healthy, expected] = subject.healthy;
    const having = (more: object): Subject => ({
      ...subject,
      provider: (at) => ({ ...subject.provider(at), ...more }),
    });
    const oauth2 = { clientId: 'c', clientSecret: 's' };

    it(`checks the certificate unless it is not to, that of the token endpoint too: ${nameOf(subject)}`, async () => {
      body = typeof healthy === 'string' ? healthy : '';
      const message = 'self-signed certificate';
      expectOutcome(await measure(subject, address), { message });
      expectOutcome(await measure(having({ insecure: true }), address), expected);
      const authentication = { oauth2: { ...oauth2, tokenUrl: `${address}/token` } };
      expectOutcome(await measure(having({ authentication }), address), { message });
      seen.splice(0);
      expectOutcome(await measure(having({ authentication, insecure: true }), address), expected);
      expect(seen.map((line) => line.replace(/^\/.*? /, ''))).to.deep.equal(['Basic Yzpz', 'Bearer t']);
    });
  }
});
