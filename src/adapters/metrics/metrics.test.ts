import { expect } from 'chai';
import { instantOf, parseInstant } from '#core/time/instant.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { metricSources } from './index.js';

const now = parseInstant('2026-01-01T00:00:00Z') ?? instantOf(0);
const sources = metricSources({ clock: { now: () => now, schedule: () => () => undefined }, env: {} });

function measure(
  id: string,
  provider: object,
  signal = new AbortController().signal,
): Promise<MetricOutcome> {
  return sources[id]!.measure(metricRequest(id, provider, { signal }));
}

const success = (resultType: string, result: unknown, rest: object = {}) => ({
  status: 'success',
  data: { resultType, result },
  ...rest,
});

/** Float64Array as a plain list, and NaN and infinities as text, so that outcomes can be compared. */
function plain(outcome: MetricOutcome): object {
  if (outcome.kind !== 'value' || !(outcome.result instanceof Float64Array)) return outcome;
  return { ...outcome, result: [...outcome.result].map(String) };
}

describe('metric sources', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());

  const answering = (status: number, body: unknown): void => {
    server.answer = (_, response) => sendJson(response, status, body);
  };

  describe('prometheus', () => {
    const query = (rest: object = {}) => measure('prometheus', { address: server.url, query: 'up', ...rest });

    it('reads vectors without loss, infinities and NaN too', async () => {
      const samples = ['0.95', '1', '+Inf', '-Inf', 'NaN', '1e+30', '0.1'];
      answering(
        200,
        success(
          'vector',
          samples.map((value) => ({ metric: {}, value: [1.5, value] })),
        ),
      );
      expect(plain(await query())).to.deep.equal({
        kind: 'value',
        result: ['0.95', '1', 'Infinity', '-Infinity', 'NaN', '1e+30', '0.1'],
        value: `[0.95,1,+Inf,-Inf,NaN,1${'0'.repeat(30)},0.1]`,
      });
    });

    it('asks at the current time and hands over headers and basic authentication', async () => {
      answering(200, success('scalar', [1, '3']));
      const outcome = await query({
        headers: [{ key: 'X-Scope-OrgID', value: 'a' }],
        authentication: { basicAuth: { username: 'u', password: 'p' } },
      });
      expect(outcome).to.deep.equal({ kind: 'value', result: 3, value: '3' });
      const [seen] = server.seen;
      expect(seen?.path).to.equal('/api/v1/query');
      expect(Object.fromEntries(new URLSearchParams(seen?.body))).to.deep.equal({
        query: 'up',
        time: String(now / 1000),
      });
      expect(seen?.headers).to.include({
        'x-scope-orgid': 'a',
        authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
      });
    });

    it('falls back to GET where POST is not allowed', async () => {
      server.answer = (seen, response) =>
        seen.method === 'POST'
          ? sendJson(response, 405, 'no')
          : sendJson(response, 200, success('scalar', [1, '2']));
      expect(await query()).to.deep.include({ value: '2' });
      expect(server.seen.map(({ method }) => method)).to.deep.equal(['POST', 'GET']);
    });

    it('puts all points of a range into one list and keeps warnings', async () => {
      const series = (...values: string[]) => ({ metric: {}, values: values.map((v, i) => [i, v]) });
      answering(200, success('matrix', [series('1', '2'), series('3')], { warnings: ['w1', 'w2'] }));
      const rangeQuery = { start: 'now() - duration("1h")', end: 'now()', step: '1m' };
      expect(plain(await query({ rangeQuery }))).to.deep.equal({
        kind: 'value',
        result: ['1', '2', '3'],
        value: '[1,2,3]',
        metadata: { warnings: '"w1", "w2"' },
      });
      expect(Object.fromEntries(new URLSearchParams(server.seen[0]?.body))).to.deep.equal({
        query: 'up',
        start: String(now / 1000 - 3600),
        end: String(now / 1000),
        step: '60',
      });
    });

    it('gives an empty list for no series', async () => {
      answering(200, success('vector', []));
      expect(plain(await query())).to.deep.equal({ kind: 'value', result: [], value: '[]' });
    });

    const failures: readonly (readonly [string, number, unknown, string])[] = [
      ['a string', 200, success('string', [1, 'x']), 'Prometheus metric type not supported'],
      [
        'a bad query',
        400,
        { status: 'error', errorType: 'bad_data', error: 'parse error' },
        'bad_data: parse error',
      ],
      ['no right', 401, 'denied', 'client_error: client error: 401'],
      ['too many requests', 429, '', 'client_error: client error: 429'],
      ['a broken server', 503, '<html>', 'server_error: server error: 503'],
      ['no JSON', 200, '<html>', "bad_response: invalid character '<' looking for beginning of value"],
      ['no series list', 200, success('vector', 7), 'bad_response: the result is no list of series'],
      ['a value that is none', 200, success('scalar', [1, 'x']), 'bad_response: [1,"x"] is no sample'],
    ];
    for (const [what, status, body, message] of failures) {
      it(`makes an error of ${what}`, async () => {
        answering(status, body);
        expect(await query()).to.deep.equal({ kind: 'error', message });
      });
    }

    it('names what is wrong with its configuration', async () => {
      const message = async (provider: object) => {
        const outcome = await measure('prometheus', { query: 'up', ...provider });
        return outcome.kind === 'error' ? outcome.message : outcome.kind;
      };
      expect(await message({})).to.equal('prometheus address is not configured');
      expect(await message({ address: 'prometheus' })).to.equal('prometheus address is not is url format');
      expect(await message({ address: server.url, timeout: -1 })).to.equal(
        'prometheus timeout should not be negative',
      );
      expect(
        await message({ address: server.url, rangeQuery: { start: '1', end: 'now()', step: '1m' } }),
      ).to.equal('failed to parse rangeQuery.start as time: expected time, but got int');
      expect(
        await message({ address: server.url, rangeQuery: { start: 'now()', end: 'now()', step: '1' } }),
      ).to.equal('failed to parse rangeQuery.step as duration: time: missing unit in duration "1"');
      expect(
        await message({ address: server.url, authentication: { oauth2: { tokenUrl: server.url } } }),
      ).to.equal('missing mandatory parameter in metric for OAuth2 setup');
    });

    it('ends when it is cancelled, when time is up and when nobody answers', async () => {
      server.answer = () => undefined;
      expect(await query({ timeout: 0.05 })).to.deep.equal({
        kind: 'error',
        message: 'no answer within 0.05s',
      });
      const abort = new AbortController();
      const pending = measure('prometheus', { address: server.url, query: 'up' }, abort.signal);
      abort.abort();
      expect(await pending).to.deep.equal({ kind: 'error', message: 'the measurement was cancelled' });
      const dead = await measure('prometheus', { address: 'http://127.0.0.1:9', query: 'up' });
      expect(dead.kind).to.equal('error');
    });

    it('says the query after substitution', () => {
      expect(sources['prometheus']?.describe?.({ query: 'up' })).to.deep.equal({
        ResolvedPrometheusQuery: 'up',
      });
    });
  });

  describe('web', () => {
    const get = (rest: object = {}) => measure('web', { url: `${server.url}/x`, ...rest });

    it('reads a value by its path', async () => {
      answering(200, { data: { ok: true, 'a.b': 1.5, list: [{ v: 1 }, { v: 2 }] } });
      const value = async (jsonPath: string) => {
        const outcome = await get({ jsonPath });
        return outcome.kind === 'value' ? outcome.value : outcome.kind === 'error' ? outcome.message : '';
      };
      expect(await value('{$.data.ok}')).to.equal('true');
      expect(await value("{$.data['a.b']}")).to.equal('1.5');
      expect(await value('{.data.a\\.b}')).to.equal('1.5');
      expect(await value('{$.data.list[-1].v}')).to.equal('2');
      expect(await value('{$.data.list[?(@.v==2)]}')).to.equal('{"v":2}');
      expect(await value('{$..list[0].v}')).to.equal('1');
      expect(await value('{$.data.none}')).to.equal('Could not find JSONPath in body: none is not found');
      expect(await value('{$.data.list[?(@.v==9)]}')).to.equal('result of web metric produced no value');
    });

    it('takes text as text and everything without a path', async () => {
      answering(200, 'OK');
      expect(await get({ jsonPath: '{$.a}' })).to.deep.equal({ kind: 'value', result: 'OK', value: 'OK' });
      answering(200, '{"b":"<","a":1}');
      expect(await get()).to.deep.equal({
        kind: 'value',
        result: { b: '<', a: 1 },
        value: '{"a":1,"b":"\\u003c"}',
      });
    });

    it('sends bodies and headers', async () => {
      answering(200, '1');
      await get({ method: 'POST', jsonBody: { a: 1 }, headers: [{ key: 'X-Key', value: 'k' }] });
      expect(server.seen[0]).to.deep.include({ method: 'POST', body: '{"a":1}' });
      expect(server.seen[0]?.headers).to.include({ 'content-type': 'application/json', 'x-key': 'k' });
      expect(await get({ body: 'x' })).to.deep.include({
        message: 'Body/JSONBody can only be used with POST or PUT WebMetric Method types',
      });
    });

    it('fetches a token once', async () => {
      server.answer = (seen, response) =>
        sendJson(
          response,
          200,
          seen.path === '/token' ? { access_token: 't', token_type: 'bearer', expires_in: 60 } : '1',
        );
      const authentication = {
        oauth2: { tokenUrl: `${server.url}/token`, clientId: 'c', clientSecret: 's' },
      };
      await get({ authentication });
      await get({ authentication });
      expect(server.seen.map(({ path }) => path)).to.deep.equal(['/token', '/x', '/x']);
      expect(server.seen[2]?.headers.authorization).to.equal('Bearer t');
    });

    for (const status of [401, 404, 429, 500]) {
      it(`makes an error of status ${status}`, async () => {
        answering(status, '{}');
        expect(await get()).to.deep.equal({
          kind: 'error',
          message: `received non 2xx response code: ${status}`,
        });
      });
    }

    it('ends when time is up', async () => {
      server.answer = () => undefined;
      expect(await get({ timeoutSeconds: 0.05 })).to.deep.equal({
        kind: 'error',
        message: 'no answer within 0.05s',
      });
    });
  });
});
