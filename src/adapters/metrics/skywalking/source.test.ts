import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createSkyWalkingSource } from './source.js';

// A moment of the local zone: that is what the query is told.
const now = instantOf(new Date(2026, 0, 1, 0, 3, 59).getTime());
const clock = { now: () => now, schedule: () => () => undefined };

describe('skywalking source', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());

  const source = createSkyWalkingSource({ clock, env: {} });
  const query = (rest: object = {}, signal = new AbortController().signal): Promise<MetricOutcome> =>
    source.measure(
      metricRequest(
        'skywalking',
        { address: server.url, query: 'query($duration: Duration!) {}', interval: '5m', ...rest },
        { signal },
      ),
    );
  const answering = (status: number, body: unknown): void => {
    server.answer = (_, response) => sendJson(response, status, body);
  };

  it('tells the query its window in minutes', async () => {
    answering(200, { data: { sla: { values: [{ value: 9900 }] } } });
    expect(await query()).to.deep.equal({
      kind: 'value',
      result: { sla: { values: [{ value: 9900 }] } },
      value: '{"sla":{"values":[{"value":9900}]}}',
    });
    expect([server.seen[0]?.method, server.seen[0]?.path]).to.deep.equal(['POST', '/graphql']);
    expect(JSON.parse(server.seen[0]?.body ?? '')).to.deep.equal({
      query: 'query($duration: Duration!) {}',
      variables: { duration: { start: '2025-12-31 2358', end: '2026-01-01 0003', step: 'MINUTE' } },
    });
  });

  const failures: readonly (readonly [string, number, unknown, string])[] = [
    ['no data', 200, { data: null }, 'no results returned from SkyWalking query'],
    ['an empty object', 200, {}, 'no results returned from SkyWalking query'],
    ['an error of the query', 200, { errors: [{ message: 'bad field' }], data: null }, 'graphql: bad field'],
    ['no right', 401, 'denied', 'graphql: server returned a non-200 status code: 401'],
    ['too many requests', 429, '{}', 'graphql: server returned a non-200 status code: 429'],
    ['a broken server', 500, '{"data":{"a":1}}', 'graphql: server returned a non-200 status code: 500'],
    ['no JSON', 200, '<html>', "decoding response: invalid character '<' looking for beginning of value"],
    ['nothing', 200, '', 'decoding response: unexpected end of JSON input'],
  ];
  for (const [what, status, body, message] of failures) {
    it(`makes an error of ${what}`, async () => {
      answering(status, body);
      expect(await query()).to.deep.equal({ kind: 'error', message });
    });
  }

  it('needs an interval, and ends when it is cancelled', async () => {
    expect(await query({ interval: '' })).to.deep.equal({
      kind: 'error',
      message: 'time: invalid duration ""',
    });
    server.answer = () => undefined;
    const abort = new AbortController();
    const pending = query({}, abort.signal);
    abort.abort();
    expect(await pending).to.deep.equal({ kind: 'error', message: 'the measurement was cancelled' });
  });
});
