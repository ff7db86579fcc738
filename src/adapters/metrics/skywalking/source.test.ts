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
  const query = (rest: object = {}): Promise<MetricOutcome> =>
    source.measure(
      metricRequest('skywalking', {
        address: server.url,
        query: 'query($duration: Duration!) {}',
        interval: '5m',
        ...rest,
      }),
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

  it('looks at the error of the query before the status', async () => {
    answering(500, { errors: [{ message: 'bad field' }, { message: 'more' }], data: { a: 1 } });
    expect(await query()).to.deep.equal({ kind: 'error', message: 'graphql: bad field' });
  });

  it('needs an interval', async () => {
    expect(await query({ interval: '' })).to.deep.equal({
      kind: 'error',
      message: 'time: invalid duration ""',
    });
  });
});
