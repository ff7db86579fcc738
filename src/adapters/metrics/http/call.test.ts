import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
import { FakeHttpProxy } from '#test/fakes/http-proxy.js';
import { selfSigned } from '#test/fakes/self-signed.js';
import { createHttpClient, type HttpCall } from './call.js';
import { createGuard, deniedByDefault } from './client/guard.js';
import { outcomeOf } from './failure.js';
import { formatFixed } from './fixed.js';
import { childAt, membersOf, readXml } from './xml.js';

describe('what metric sources share', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  after(() => server.stop());

  const client = createHttpClient({ env: {}, guard: createGuard(deniedByDefault) });
  const call = (timeoutMs: number): Promise<MetricOutcome> =>
    outcomeOf(async () => {
      const { signal } = new AbortController();
      const { status, retryAfter, text } = await client({
        url: server.url,
        signal,
        timeoutMs,
      });
      return { kind: 'value', result: null, value: `${status} ${retryAfter} ${text}` };
    }, timeoutMs);

  it('ends a call whose time is up, before the answer and midway', async () => {
    const late = { kind: 'error', message: 'no answer within 0.05s' };
    server.answer = () => undefined;
    expect(await call(50)).to.deep.equal(late);
    server.answer = (_, response) => void response.write('{"a":');
    expect(await call(50)).to.deep.equal(late);
  });

  it('makes an error of an answer that breaks off', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":', () => response.destroy());
    };
    const outcome = await call(5000);
    expect(outcome.kind).to.equal('error');
  });

  it('makes an error of an answer without end', async () => {
    const block = 'x'.repeat(1024 * 1024);
    server.answer = (_, response) => {
      for (let i = 0; i < 17; i += 1) response.write(block);
      response.end();
    };
    expect(await call(5000)).to.deep.equal({
      kind: 'error',
      message: 'the answer is larger than 16777216 bytes',
    });
  });

  it('says how long a server wants to be left alone', async () => {
    server.answer = (_, response) => {
      response.writeHead(429, { 'retry-after': '12' });
      response.end('slow down');
    };
    expect(await call(5000)).to.deep.include({ value: '429 12 slow down' });
  });

  describe('redirections', () => {
    const follow = async (
      status: number,
      location: string,
      rest: Partial<HttpCall> = {},
    ): Promise<readonly (readonly [method: string, path: string, body: string])[]> => {
      server.seen.splice(0);
      server.answer = ({ path }, response) => {
        if (path === '/x') response.writeHead(status, { location }).end('moved');
        else response.end('there');
      };
      const { signal } = new AbortController();
      await client({ url: `${server.url}/x`, signal, timeoutMs: 5000, ...rest });
      return server.seen.map(({ method, path, body }) => [method, path, body]);
    };
    const post = {
      method: 'POST',
      body: 'b',
      headers: { 'content-type': 'text/x', authorization: 'A' },
    } as const;

    it('are followed, with the same request after 307 and 308, else with GET', async () => {
      expect(await follow(301, '/y?a=1')).to.deep.equal([
        ['GET', '/x', ''],
        ['GET', '/y?a=1', ''],
      ]);
      for (const status of [307, 308]) {
        expect((await follow(status, '/y', post))[1]).to.deep.equal(['POST', '/y', 'b']);
      }
      for (const status of [301, 302, 303]) {
        expect((await follow(status, 'y', post))[1]).to.deep.equal(['GET', '/y', '']);
        expect(server.seen[1]?.headers).not.to.have.property('content-type');
      }
      expect(server.seen[1]?.headers.authorization).to.equal('A');
    });

    it('do not take credentials to another host', async () => {
      const other = await FakeHttpServer.start();
      await follow(307, `${other.url}/y`, post);
      expect(other.seen[0]).to.deep.include({ method: 'POST', body: 'b' });
      expect(other.seen[0]?.headers).not.to.have.property('authorization');
      await other.stop();
    });

    it('do not lead to what is denied, and not in a circle', async () => {
      const problem = (status: number, location: string): Promise<string> =>
        follow(status, location).then(
          () => 'none',
          (thrown: Error) => thrown.message,
        );
      expect(await problem(302, 'http://169.254.169.254/latest')).to.match(
        /^169\.254\.169\.254 must not be asked/,
      );
      expect(await problem(302, 'ftp://a/b')).to.equal('unsupported protocol scheme "ftp"');
      expect(await problem(302, 'http://')).to.equal('the redirection to http:// leads nowhere');
      expect(await problem(302, '/x')).to.equal('stopped after 10 redirects');
    });
  });

  it('looks at what a name leads to before it connects', async () => {
    const local = createHttpClient({ env: {}, guard: createGuard(['127.0.0.0/8', '::1']) });
    const { signal } = new AbortController();
    server.seen.splice(0);
    const outcome = await outcomeOf(async () => {
      const { text } = await local({
        url: server.url.replace('127.0.0.1', 'localhost'),
        signal,
        timeoutMs: 5000,
      });
      return { kind: 'value', result: text, value: text };
    }, 5000);
    expect(outcome.kind === 'error' && outcome.message).to.match(
      /^localhost \((127\.0\.0\.1|::1)\) must not be asked: it is on the list/,
    );
    expect(server.seen).to.deep.equal([]);
  });

  it('logs in with what the address says', async () => {
    server.answer = (_, response) => response.end();
    const { signal } = new AbortController();
    await client({ url: server.url.replace('//', '//us%40er:p%3Aw@'), signal, timeoutMs: 5000 });
    expect(server.seen.at(-1)?.headers.authorization).to.equal(
      `Basic ${Buffer.from('us@er:p:w').toString('base64')}`,
    );
  });

  it('makes an error of a compressed answer that is none, or is a bomb', async () => {
    server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no');
    expect(await call(5000)).to.deep.include({ kind: 'error', message: 'gzip: incorrect header check' });
    const bomb = gzipSync(Buffer.alloc(17 * 1024 * 1024));
    server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    expect(await call(5000)).to.deep.include({ message: 'the answer is larger than 16777216 bytes' });
  });

  describe('TLS', () => {
    let secure: Server;
    let port: number;
    before(async () => {
      secure = createServer(selfSigned, (_, response) => response.end('safe'));
      await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
      ({ port } = secure.address() as AddressInfo);
    });
    after(() => {
      secure.closeAllConnections();
      secure.close();
    });
    const ask = async (env: Record<string, string>, rest: Partial<HttpCall> = {}): Promise<string> => {
      const { signal } = new AbortController();
      const asked = { url: `https://localhost:${port}`, signal, timeoutMs: 5000, ...rest };
      const outcome = await outcomeOf(async () => {
        const { text } = await createHttpClient({ env })(asked);
        return { kind: 'value', result: text, value: text };
      }, 5000);
      return outcome.kind === 'value' ? outcome.value : outcome.kind === 'error' ? outcome.message : '';
    };

    it('is checked, unless it is not to be', async () => {
      expect(await ask({})).to.equal('self-signed certificate');
      expect(await ask({}, { insecure: true })).to.equal('safe');
    });

    it('knows the authorities of SSL_CERT_FILE', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'sluice-ca-'));
      const file = join(folder, 'ca.pem');
      writeFileSync(file, selfSigned.cert);
      expect(await ask({ SSL_CERT_FILE: file })).to.equal('safe');
      expect(await ask({ SSL_CERT_FILE: join(folder, 'none') })).to.match(/^SSL_CERT_FILE: ENOENT/);
      rmSync(folder, { recursive: true });
    });

    it('goes through the tunnel of a proxy, which is told its credentials', async () => {
      const proxy = await FakeHttpProxy.start(() => port);
      const env = { HTTPS_PROXY: proxy.url.replace('//', '//me:secret@') };
      const url = 'https://metrics.example.test/x';
      expect(await ask(env, { url, insecure: true })).to.equal('safe');
      expect(await ask(env, { url })).to.equal('self-signed certificate');
      expect(new Set(proxy.seen)).to.deep.equal(new Set(['CONNECT metrics.example.test:443']));
      expect(proxy.credentials[0]).to.equal(`Basic ${Buffer.from('me:secret').toString('base64')}`);
      expect(await ask({ HTTPS_PROXY: 'http://' }, { url })).to.equal(
        'the proxy that the environment names is no URL',
      );
      await proxy.stop();
    });
  });

  it('reads XML with comments, attributes, empty elements and entities', () => {
    const root = readXml(
      '<?xml version="1.0"?>\n<a x="1 > 0"><!-- b --><l><member>1</member><member/></l><t>&lt;&#65;&#x42;&amp;</t></a>\n',
    );
    expect(membersOf(childAt(root, 'l')).map(({ text }) => text)).to.deep.equal(['1', '']);
    expect(childAt(root, 't')?.text).to.equal('<AB&');
    expect(childAt(root, 'l', 'none')).to.equal(undefined);
    for (const broken of ['', 'text', '<a>', '<a></b>', '</a>', '<a><b></a></b>', '<a/><']) {
      expect(() => readXml(broken), broken).to.throw('the answer is no XML');
    }
  });

  it('prints large floats without an exponent', () => {
    expect(formatFixed(1e21, 6)).to.equal('1000000000000000000000.000000');
    expect(formatFixed(-1e22, 2)).to.equal('-10000000000000000000000.00');
    expect(formatFixed(123456789.5, 6)).to.equal('123456789.500000');
  });
});
