import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { expectSigned } from '#test/fakes/aws-signature.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createElasticsearchSource } from './source.js';

const now = instantOf(Date.UTC(2026, 0, 1));
const clock = { now: () => now, schedule: () => () => undefined };
const env = { HOME: '/nowhere', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('elasticsearch source', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());

  const query = (rest: object, signal = new AbortController().signal): Promise<MetricOutcome> =>
    createElasticsearchSource({ clock, env }).measure(
      metricRequest('elasticsearch', { address: server.url, ...rest }, { signal }),
    );
  const count = (rest: object = {}) => query({ query: 'level:error', ...rest });
  const answering = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
    server.answer = (_, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      sendJson(response, status, body);
    };
  };
  const whole = { took: 1, timed_out: false, _shards: { total: 5, successful: 5, failed: 0 } };
  const found = (rest: object) => answering(200, { ...whole, ...rest });
  const plain = (outcome: MetricOutcome) =>
    outcome.kind !== 'value'
      ? outcome
      : [outcome.result instanceof Float64Array ? [...outcome.result] : outcome.result, outcome.value];

  it('counts the documents that match a query', async () => {
    found({ hits: { total: { value: 17, relation: 'eq' } } });
    expect(plain(await count({ index: 'logs-*,more' }))).to.deep.equal([17, '17']);
    const [seen] = server.seen;
    expect([seen?.method, seen?.path]).to.deep.equal(['POST', '/logs-*,more/_search']);
    expect(JSON.parse(seen?.body ?? '')).to.deep.equal({
      size: 0,
      track_total_hits: true,
      query: { query_string: { query: 'level:error' } },
    });
  });

  it('sends a search as it is given, and reads what a path finds', async () => {
    const buckets = [{ p: { value: 1.5 } }, { p: { value: 2 } }];
    found({
      aggregations: {
        by: { buckets },
        none: { value: null },
        nan: { value: 'NaN' },
        inf: { value: '-Infinity' },
      },
    });
    const body = { size: 0, aggs: {} };
    const value = async (jsonPath: string) => plain(await query({ body, jsonPath }));
    expect(await value('{$.aggregations.by.buckets[1].p.value}')).to.deep.equal([2, '2']);
    expect(await value('{$.aggregations.by.buckets[*].p.value}')).to.deep.equal([[1.5, 2], '[1.5,2]']);
    expect(await value('{$.aggregations.by.buckets[0].p}')).to.deep.equal([{ value: 1.5 }, '{"value":1.5}']);
    expect(await value('{$.aggregations.none.value}')).to.deep.equal([null, 'null']);
    expect(await value('{$.aggregations.nan.value}')).to.deep.equal([Number.NaN, 'NaN']);
    expect(await value('{$.aggregations.inf.value}')).to.deep.equal([-Infinity, '-Inf']);
    expect(await value('{$.aggregations.absent.value}')).to.deep.equal({
      kind: 'error',
      message: 'the JSONPath finds no value in the answer: absent is not found',
    });
    expect(JSON.parse(server.seen[0]?.body ?? '')).to.deep.equal(body);
    expect(server.seen[0]?.path).to.equal('/_search');
  });

  it('says the query after substitution', () => {
    const { describe: say } = createElasticsearchSource({ clock, env: {} });
    expect(say?.({ query: 'status:500' })).to.deep.equal({ ResolvedElasticsearchQuery: 'status:500' });
    expect(say?.({ body: {} })).to.deep.equal({});
  });

  it('takes no answer for one that is not whole', async () => {
    const hits = { total: { value: 1 } };
    answering(200, { ...whole, timed_out: true, hits });
    expect(await count()).to.deep.include({ message: 'the search timed out: its answer is not whole' });
    answering(200, { ...whole, _shards: { total: 5, failed: 2 }, hits });
    expect(await count()).to.deep.include({ message: '2 of 5 shards failed: the answer is not whole' });
  });

  it('signs for Amazon OpenSearch when the metric says so', async () => {
    found({ hits: { total: { value: 1 } } });
    await count({ index: 'logs', authentication: { sigv4: { region: 'eu-west-1' } } });
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
    expectSigned(server.seen[0], server.url, { credentials, region: 'eu-west-1', service: 'es', now });
    expect(await count({ authentication: { sigv4: { profile: '', roleArn: 'arn' } } })).to.deep.include({
      message: 'an AWS role needs a region: set AWS_REGION',
    });
  });

  const reason = { error: { type: 'index_not_found_exception', reason: 'no such index [x]' }, status: 404 };
  it('says the reason that is in the answer', async () => {
    answering(404, reason);
    expect(await count()).to.deep.equal({
      kind: 'error',
      message: 'the server answered 404 Not Found: no such index [x]',
    });
  });

  it('names what is wrong with its configuration, and ends when time is up', async () => {
    expect(await query({})).to.deep.include({
      message: 'elasticsearch needs a query, or a search request as body',
    });
    expect(await count({ body: {} })).to.deep.include({ message: 'use either query or body, not both' });
    expect(await count({ address: '' })).to.deep.include({
      message: 'elasticsearch address is not configured',
    });
    server.answer = () => undefined;
    expect(await count({ timeout: 0.05 })).to.deep.include({ message: 'no answer within 0.05s' });
  });
});
