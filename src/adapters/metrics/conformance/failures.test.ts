import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
import { createHttpClient, type CallHttp } from '../http/call.js';
import { answerWith, expectOutcome, measure, nameOf, subjects } from './bench.js';
import type { Subject } from './subject.js';

/** A client whose patience ends after 50 ms, and what it was asked to have. */
function impatient(): { readonly http: CallHttp; readonly timeouts: number[] } {
  const timeouts: number[] = [];
  const real = createHttpClient({ env: {} });
  const http: CallHttp = (call) => {
    timeouts.push(call.timeoutMs);
    return real({ ...call, timeoutMs: 50 });
  };
  return { http, timeouts };
}

function describeFailures(subject: Subject): void {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());
  const ask = (how = {}): Promise<MetricOutcome> => measure(subject, server.url, how);
  const [healthy, expected] = subject.healthy;

  it('measures, also when the answer is compressed', async () => {
    answerWith(server, healthy);
    expectOutcome(await ask(), expected);
    server.answer = ({ path }, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(typeof healthy === 'string' ? healthy : healthy(path)));
    };
    expectOutcome(await ask(), expected);
  });

  for (const status of [400, 401, 403, 404, 429, 500, 502, 503]) {
    it(`makes an error of status ${status}, and measures again afterwards`, async () => {
      const retry = { status, headers: { 'retry-after': '7', 'content-type': 'text/plain' } };
      answerWith(server, 'not now', retry);
      expectOutcome(await ask(), { message: subject.refused(status, 'not now') });
      answerWith(server, healthy);
      expectOutcome(await ask(), expected);
    });
  }

  for (const [what, body, outcome] of [
    ['HTML', '<html>', subject.html],
    ['an answer that breaks off', '{"a":', subject.cut],
    ['an empty answer', '', subject.nothing],
    ...subject.odd,
  ] as const) {
    it(`${'value' in outcome ? 'reads' : 'makes an error of'} ${what}`, async () => {
      answerWith(server, body);
      expectOutcome(await ask(), outcome);
    });
  }

  it(`waits ${subject.timeoutSeconds}s for an answer and for all of it`, async () => {
    const { http, timeouts } = impatient();
    const late = { message: `no answer within ${subject.timeoutSeconds}s` };
    server.answer = () => undefined;
    expectOutcome(await ask({ http }), late);
    server.answer = (_, response) => void response.writeHead(200).write('{');
    expectOutcome(await ask({ http }), late);
    expect(new Set(timeouts)).to.deep.equal(new Set([subject.timeoutSeconds * 1000]));
  });

  it('ends when the run is stopped', async () => {
    server.answer = () => undefined;
    const stop = new AbortController();
    const pending = ask({ signal: stop.signal });
    setTimeout(() => stop.abort(), 5);
    expectOutcome(await pending, { message: 'the measurement was cancelled' });
  });

  it('makes an error of a server that is not there, or hangs up', async () => {
    const gone = await FakeHttpServer.start();
    const address = gone.url;
    await gone.stop();
    const refused = await measure(subject, address);
    expect(refused.kind === 'error' && refused.message).to.match(/^connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
    server.answer = (_, response) => response.destroy();
    expect(await ask()).to.deep.include({ kind: 'error', message: 'other side closed' });
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":', () => response.destroy());
    };
    expect(await ask()).to.deep.include({ kind: 'error' });
  });

  const credentials = subject.credentials ?? [];
  if (credentials.length > 0) {
    it('does not let out its credentials when the server repeats them', async () => {
      answerWith(server, credentials.join(' and '), { status: 400 });
      const outcome = await ask();
      expect(outcome.kind === 'error' && outcome.message).to.include('*****');
      for (const secret of credentials) expect(JSON.stringify(outcome)).not.to.include(secret);
    });
  }
}

describe('every metric source, when its backend fails', () => {
  for (const subject of subjects) describe(nameOf(subject), () => describeFailures(subject));
});
