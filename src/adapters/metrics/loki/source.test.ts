import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createLokiSource } from './source.js';

const now = instantOf(Date.UTC(2026, 0, 1));
const nowNs = `${now}000000`;

describe('loki source', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());

  const source = createLokiSource({ clock: { now: () => now, schedule: () => () => undefined }, env: {} });
  const logql = 'sum(count_over_time({app="shop"} |= "error" [5m]))';
  const query = (rest: object = {}, signal = new AbortController().signal): Promise<MetricOutcome> =>
    source.measure(metricRequest('loki', { address: `${server.url}/`, query: logql, ...rest }, { signal }));
  const answering = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
    server.answer = (_, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      sendJson(response, status, body);
    };
  };
  const success = (resultType: string, result: unknown) => ({
    status: 'success',
    data: { resultType, result, stats: {} },
  });
  const plain = (outcome: MetricOutcome) =>
    outcome.kind === 'value' && outcome.result instanceof Float64Array
      ? [[...outcome.result].map(String), outcome.value]
      : outcome;

  it('asks at the current time, as its tenant', async () => {
    answering(200, success('vector', [{ metric: {}, value: [1767225600, '12'] }]));
    expect(plain(await query({ tenant: 'team-a' }))).to.deep.equal([['12'], '[12]']);
    const [seen] = server.seen;
    const url = new URL(seen?.path ?? '', server.url);
    expect([seen?.method, url.pathname]).to.deep.equal(['GET', '/loki/api/v1/query']);
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({ query: logql, time: nowNs });
    expect(seen?.headers).to.include({ 'x-scope-orgid': 'team-a' });
    expect(source.describe?.({ query: logql })).to.deep.equal({ ResolvedLokiQuery: logql });
    expect(source.describe?.({})).to.deep.equal({});
  });

  it('gives series by their label to who asks for it, and a list to anybody else', async () => {
    const series = [
      { metric: { pod: 'a', code: '500' }, value: [1, '3'] },
      { metric: { pod: 'a', code: '502' }, value: [1, '1'] },
      { metric: { pod: 'b', code: '500' }, value: [1, '2'] },
    ];
    answering(200, success('vector', series));
    const provider = { address: `${server.url}/`, query: logql };
    const split = (...splitBy: readonly string[]) =>
      source.measure({ ...metricRequest('loki', provider), splitBy });
    expect(await split('pod')).to.deep.include({ result: { a: 4, b: 2 }, value: '[3,1,2]' });
    expect(await split('pod', 'code')).to.deep.include({
      result: { a: { '500': 3, '502': 1 }, b: { '500': 2 } },
    });
    expect(plain(await split('node'))).to.deep.equal([['3', '1', '2'], '[3,1,2]']);
  });

  it('puts all points of a range into one list', async () => {
    answering(
      200,
      success('matrix', [
        {
          values: [
            [1, '1'],
            [2, 'NaN'],
          ],
        },
        { values: [[1, '+Inf']] },
      ]),
    );
    const rangeQuery = { start: 'now() - duration("1h")', end: 'now()', step: '1m' };
    expect(plain(await query({ rangeQuery }))).to.deep.equal([['1', 'NaN', 'Infinity'], '[1,NaN,+Inf]']);
    const url = new URL(server.seen[0]?.path ?? '', server.url);
    expect(url.pathname).to.equal('/loki/api/v1/query_range');
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({
      query: logql,
      start: `${now - 3_600_000}000000`,
      end: nowNs,
      step: '60',
    });
  });

  it('gives an empty list for no series, and a float for a scalar', async () => {
    answering(200, success('vector', []));
    expect(plain(await query())).to.deep.equal([[], '[]']);
    answering(200, success('scalar', [1, '0.5']));
    expect(await query()).to.deep.equal({ kind: 'value', result: 0.5, value: '0.5' });
  });

  it('logs in, with headers over all', async () => {
    answering(200, success('scalar', [1, '1']));
    await query({ authentication: { basicAuth: { username: 'u', password: 'p' } } });
    await query({
      authentication: { basicAuth: { username: 'u', password: 'p' } },
      headers: [{ key: 'Authorization', value: 'Bearer t' }],
    });
    expect(server.seen.map(({ headers }) => headers.authorization)).to.deep.equal(['Basic dTpw', 'Bearer t']);
  });

  it('names what is wrong with its configuration', async () => {
    const message = async (rest: object) => {
      const outcome = await query(rest);
      return outcome.kind === 'error' ? outcome.message : outcome.kind;
    };
    expect(await message({ address: '' })).to.equal('loki address is not configured');
    expect(await message({ address: 'loki:3100' })).to.equal('loki address loki:3100 is no http(s) URL');
    expect(await message({ timeout: -1 })).to.equal('loki timeout should not be negative');
    expect(await message({ authentication: { basicAuth: { username: 'u' } } })).to.equal(
      'basicAuth needs both username and password',
    );
  });

  it('waits as long as the metric says', async () => {
    server.answer = () => undefined;
    expect(await query({ timeout: 0.05 })).to.deep.equal({
      kind: 'error',
      message: 'no answer within 0.05s',
    });
  });
});
