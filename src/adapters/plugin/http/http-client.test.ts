import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { AppError } from '#ports/errors.js';
import type { PluginHost, PluginReply } from '#ports/plugin-host.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { createManualClock } from '#test/fakes/manual-clock.js';
import { pluginEntry } from '#test/fakes/shell-plugin.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import { createPluginHost } from '../host.js';

interface Request {
  readonly id: string;
  readonly method: string;
  readonly params: unknown;
}

describe('a plugin that is an HTTP endpoint', () => {
  let server: FakeHttpServer;
  let host: PluginHost;
  let clock: ReturnType<typeof createManualClock>;
  beforeEach(async () => {
    server = await FakeHttpServer.start();
    clock = createManualClock(Date.UTC(2026, 0, 1));
    host = createPluginHost({
      clock,
      log: createSilentLog(),
      env: {},
      readSecret: (name) =>
        name === 'token'
          ? Promise.resolve({ Authorization: 'Bearer hush\n' })
          : Promise.reject(new AppError('KubeNotFound', `secrets "${name}" not found`)),
    });
  });
  afterEach(async () => {
    await host.close();
    await server.stop();
  });

  const run = (timeoutMs = 5000): Promise<PluginReply> =>
    host.call({
      entry: pluginEntry({ url: `${server.url}/plugin` }, { timeoutMs }),
      method: 'step.run',
      params: { index: 0 },
      signal: new AbortController().signal,
    });

  /** A plugin that shakes hands and answers everything else like this. */
  function serve(answer: (request: Request, response: ServerResponse) => void, version = 1): void {
    server.answer = ({ body }, response) => {
      const request = JSON.parse(body) as Request;
      const shake = { protocolVersion: version, kinds: ['step'], features: ['collect'] };
      if (request.method === 'handshake') sendJson(response, 200, { id: request.id, result: shake });
      else answer(request, response);
    };
  }

  it('is asked by POST, after one handshake', async () => {
    serve(({ id, params }, response) => sendJson(response, 200, { id, result: params }));
    expect(await run()).to.deep.equal({ kind: 'result', result: { index: 0 } });
    await run();
    const methods = server.seen.map(({ method, path, body }) => [
      method,
      path,
      (JSON.parse(body) as Request).method,
    ]);
    expect(methods).to.deep.equal([
      ['POST', '/plugin', 'handshake'],
      ['POST', '/plugin', 'step.run'],
      ['POST', '/plugin', 'step.run'],
    ]);
    expect(host.hasFeature(pluginEntry({ url: `${server.url}/plugin` }), 'collect')).to.equal(true);
  });

  it('shakes hands again when nothing was heard of it for five minutes', async () => {
    serve(({ id }, response) => sendJson(response, 200, { id, result: 1 }));
    await run();
    await clock.advance(300_000);
    await run();
    const shakes = server.seen.filter(({ body }) => body.includes('"handshake"'));
    expect(shakes).to.have.length(2);
  });

  it('gets the headers of its Secrets, and says which Secret is missing', async () => {
    serve(({ id }, response) => sendJson(response, 200, { id, result: 1 }));
    const { url } = server;
    const ask = (secret: string) =>
      host.call({
        entry: pluginEntry({ url }, { headersFrom: [secret] }),
        method: 'step.run',
        params: {},
        signal: new AbortController().signal,
      });
    await ask('token');
    expect(server.seen.map(({ headers }) => headers.authorization)).to.deep.equal([
      'Bearer hush',
      'Bearer hush',
    ]);
    const reply = await ask('other');
    expect(reply.kind === 'unreachable' && reply.message).to.equal(
      'plugin team/gate: its headersFrom cannot be read: secrets "other" not found',
    );
  });

  const broken: readonly (readonly [string, () => void, RegExp])[] = [
    ['hangs', () => serve(() => undefined), /did not answer step.run within 0.3s/],
    ['fails', () => serve((_, r) => sendJson(r, 500, {})), /HTTP status 500/],
    [
      'sends no JSON',
      () => serve((_, r) => sendJson(r, 200, '<html>')),
      /an answer that is no JSON: "<html>"/,
    ],
    ['sends too much', () => serve((_, r) => sendJson(r, 200, 'x'.repeat(2e6))), /more than 1048576 bytes/],
    ['redirects', () => serve((_, r) => r.writeHead(302, { location: '/' }).end()), /redirect|fetch failed/],
    ['speaks a newer version', () => serve(() => undefined, 9), /it speaks version 9/],
    [
      'is a download of the peer',
      () => (server.answer = (_, r) => void r.writeHead(405).end()),
      /handshake with .*\/plugin failed: it answered with HTTP status 405; an http location is an endpoint/,
    ],
  ];
  for (const [what, prepare, problem] of broken) {
    it(`is unreachable when it ${what}, and is left alone when it does so again`, async () => {
      prepare();
      for (const expected of [problem, problem, /it is left alone for a while after failing/]) {
        const reply = await run(300);
        expect(reply.kind === 'unreachable' && reply.message).to.match(expected);
      }
    });
  }

  it('is unreachable when nobody listens', async () => {
    const { url } = server;
    await server.stop();
    const entry = pluginEntry({ url });
    const signal = new AbortController().signal;
    const reply = await host.call({ entry, method: 'step.run', params: {}, signal });
    expect(reply.kind === 'unreachable' && reply.message).to.match(/^plugin team\/gate: .*ECONNREFUSED/);
    server = await FakeHttpServer.start();
  });
});
