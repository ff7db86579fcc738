import { connect } from 'node:net';
import { expect } from 'chai';
import type { InboundRequest } from '#ports/inbound.js';
import type { LogFields } from '#ports/log.js';
import { createNotingLog } from '#test/fakes/noting-log.js';
import { createOnDemandServer } from './on-demand.js';
import { type InboundServer, serveInbound } from './server.js';

const host = '127.0.0.1';

describe('the server of requests from outside', () => {
  const said: (readonly [string, LogFields | undefined])[] = [];
  const log = createNotingLog(said);
  const seen: InboundRequest[] = [];
  let server: InboundServer;
  before(async () => {
    const limits = { bodyBytes: 1000, headerBytes: 4096, requestMs: 1000, headerMs: 300 };
    server = await serveInbound(
      { host, port: 0 },
      (request) => {
        seen.push(request);
        if (request.path === '/broken') throw new Error('the secret is swordfish');
        return Promise.resolve({ status: 202, body: 'taken\n' });
      },
      log,
      limits,
    );
  });
  after(() => server.close());
  const url = (path = '/') => `http://${host}:${server.port}${path}`;

  it('hands whole requests on, without the query', async () => {
    const answer = await fetch(url('/hook/1?x=2'), {
      method: 'POST',
      body: 'hello',
      headers: { 'X-A': 'b' },
    });
    expect([answer.status, await answer.text()]).to.deep.equal([202, 'taken\n']);
    const last = seen.at(-1);
    expect(last).to.deep.include({ method: 'POST', path: '/hook/1' });
    expect([last?.headers['x-a'], Buffer.from(last?.body ?? []).toString()]).to.deep.equal(['b', 'hello']);
  });

  it('answers 413 to a body that is too large, announced or not', async () => {
    const big = 'x'.repeat(2000);
    expect((await fetch(url(), { method: 'POST', body: big })).status).to.equal(413);
    const stream = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(big));
        controller.close();
      },
    });
    const request = { method: 'POST', body: stream, duplex: 'half' } as RequestInit;
    expect((await fetch(url(), request)).status).to.equal(413);
  });

  it('answers 431 to headers that are too large', async () => {
    expect((await fetch(url(), { headers: { 'x-big': 'x'.repeat(5000) } })).status).to.equal(431);
  });

  it('answers 500 and no more when its handler breaks', async () => {
    const answer = await fetch(url('/broken'));
    expect([answer.status, await answer.text()]).to.deep.equal([500, 'internal error\n']);
  });

  it('ends a connection that never finishes its headers', async () => {
    const socket = connect(server.port, host);
    socket.write('POST / HTTP/1.1\r\nHost: x\r\n');
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).to.contain('408');
  }).timeout(5000);

  it('listens only when it is wanted, and says when it cannot', async () => {
    const handle = () => Promise.resolve({ status: 200, body: '' });
    const lazy = createOnDemandServer({ name: 'hooks', place: { host, port: 0 }, handle, log });
    expect(lazy.port()).to.equal(undefined);
    lazy.want();
    await lazy.settled();
    const port = lazy.port() ?? 0;
    expect((await fetch(`http://${host}:${port}/`)).status).to.equal(200);
    const second = createOnDemandServer({ name: 'other', place: { host, port }, handle, log });
    second.want();
    await second.settled();
    expect(said.at(-1)?.[0]).to.equal('cannot listen');
    await Promise.all([lazy.close(), second.close()]);
  });
});
