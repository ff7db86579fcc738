import { expect } from 'chai';
import { addMs, instantOf, type Instant } from '#core/time/instant.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createWebSource } from './source.js';

describe('metric source web', () => {
  let server: FakeHttpServer;
  let now: Instant;
  let source: MetricSource;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => {
    server.seen.splice(0);
    now = instantOf(Date.UTC(2026, 0, 1));
    source = createWebSource({ clock: { now: () => now, schedule: () => () => undefined }, env: {} });
  });
  after(() => server.stop());

  const measure = (rest: object = {}): Promise<MetricOutcome> =>
    source.measure(metricRequest('web', { url: `${server.url}/x`, ...rest }));
  const message = async (rest: object): Promise<string> => {
    const outcome = await measure(rest);
    return outcome.kind === 'error' ? outcome.message : outcome.kind;
  };
  const answering = (status: number, body: unknown): void => {
    server.answer = (_, response) => sendJson(response, status, body);
  };

  describe('what it sends', () => {
    beforeEach(() => answering(200, '1'));

    it('is a GET without a body by default', async () => {
      await measure({ headers: [{ key: 'X-Key', value: 'a' }] });
      expect(server.seen[0]).to.deep.include({ method: 'GET', path: '/x', body: '' });
      expect(server.seen[0]?.headers).to.include({ 'x-key': 'a' });
    });

    for (const method of ['POST', 'PUT']) {
      it(`is a body as it is, or JSON, with ${method}`, async () => {
        await measure({ method, body: 'a=1', headers: [{ key: 'Content-Type', value: 'text/x' }] });
        await measure({
          method,
          jsonBody: { a: [1, null] },
          headers: [{ key: 'content-type', value: 'text/x' }],
        });
        await measure({ method });
        expect(server.seen.map(({ body }) => body)).to.deep.equal(['a=1', '{"a":[1,null]}', '']);
        expect(server.seen.map(({ headers }) => headers['content-type']).slice(0, 2)).to.deep.equal([
          'text/x',
          'application/json',
        ]);
        expect(new Set(server.seen.map((seen) => seen.method))).to.deep.equal(new Set([method]));
      });
    }

    it('is refused with two bodies, and with a body for GET', async () => {
      expect(await message({ method: 'POST', body: 'x', jsonBody: {} })).to.equal(
        'use either Body or JSONBody; both cannot exists for WebMetric payload',
      );
      for (const body of [{ body: 'x' }, { jsonBody: {} }]) {
        expect(await message(body)).to.equal(
          'Body/JSONBody can only be used with POST or PUT WebMetric Method types',
        );
      }
      expect(server.seen).to.deep.equal([]);
    });

    it('is nothing with a path that cannot be read', async () => {
      expect(await message({ jsonPath: '{.a' })).to.equal('unclosed action');
      expect(server.seen).to.deep.equal([]);
    });
  });

  describe('what it reads', () => {
    for (const [what, body, path, result, value] of [
      ['a number, as a float', '{"a":1}', '{.a}', 1, '1'],
      ['a text', '{"a":"<&>"}', '{.a}', '<&>', '"\\u003c\\u0026\\u003e"'],
      ['null', '{"a":null}', '{.a}', null, 'null'],
      [
        'an object, keys in order',
        '{"b":1,"a":{"d":1,"c":2}}',
        '',
        { b: 1, a: { d: 1, c: 2 } },
        '{"a":{"c":2,"d":1},"b":1}',
      ],
      ['a list', '[1,"x"]', '', [1, 'x'], '[1,"x"]'],
      ['the first match', '{"a":[{"v":1},{"v":2}]}', '{.a[*].v}', 1, '1'],
      ['the first result that is not empty', '{"a":[],"b":3}', '{.a[*]}{.b}', 3, '3'],
      ['JSON that is a number', '0.25', '', 0.25, '0.25'],
      ['text that is no JSON', 'all good', '{.a}', 'all good', 'all good'],
      ['an empty body', '', '{.a}', '', ''],
      ['NaN, which is no JSON, as text', 'NaN', '', 'NaN', 'NaN'],
      ['a truncated body as text', '{"a":', '{.a}', '{"a":', '{"a":'],
    ] as const) {
      it(`is ${what}`, async () => {
        answering(200, body);
        expect(await measure({ jsonPath: path })).to.deep.equal({ kind: 'value', result, value });
      });
    }

    it('is an error when the path leads nowhere', async () => {
      answering(200, '{"a":[],"b":{}}');
      expect(await message({ jsonPath: '{.b.c}' })).to.equal(
        'Could not find JSONPath in body: c is not found',
      );
      expect(await message({ jsonPath: '{.a[0]}' })).to.equal(
        'Could not find JSONPath in body: array index out of bounds: index 0, length 0',
      );
      expect(await message({ jsonPath: '{.a[*]}' })).to.equal('result of web metric produced no value');
    });

    it('is any answer from 200 to 299, after redirections', async () => {
      answering(204, '');
      expect(await measure()).to.deep.include({ value: '' });
      server.answer = ({ path }, response) => {
        if (path === '/x') response.writeHead(302, { location: '/y' }).end();
        else sendJson(response, 299, '2');
      };
      expect(await measure()).to.deep.include({ value: '2' });
    });
  });

  it('waits as long as the metric says, ten seconds when that is not positive', async () => {
    server.answer = () => undefined;
    expect(await message({ timeoutSeconds: 0.05 })).to.equal('no answer within 0.05s');
    expect(await message({ url: 'no url' })).to.equal('no url is no URL');
  });

  describe('with OAuth2', () => {
    const oauth2 = (rest: object = {}): object => ({
      authentication: {
        oauth2: { tokenUrl: `${server.url}/token`, clientId: 'c', clientSecret: 's', ...rest },
      },
    });
    let tokens = 0;
    const serve = (token: (n: number) => readonly [number, unknown], status = 200): void => {
      tokens = 0;
      server.answer = ({ path }, response) => {
        if (path !== '/token') return sendJson(response, status, '1');
        tokens += 1;
        const [code, body] = token(tokens);
        return sendJson(response, code, body);
      };
    };

    it('asks for a token with its credentials and scopes', async () => {
      serve(() => [200, { access_token: 't', token_type: 'bearer', expires_in: 60 }]);
      await measure(oauth2({ scopes: ['a', 'b'] }));
      const [first, second] = server.seen;
      expect(first).to.deep.include({ method: 'POST' });
      expect(Object.fromEntries(new URLSearchParams(first?.body))).to.deep.equal({
        grant_type: 'client_credentials',
        scope: 'a b',
      });
      expect(first?.headers.authorization).to.equal(`Basic ${Buffer.from('c:s').toString('base64')}`);
      expect(second?.headers.authorization).to.equal('Bearer t');
    });

    it('fetches another one when it expires, or was refused', async () => {
      serve((n) => [200, { access_token: `t${n}`, expires_in: 60 }]);
      await measure(oauth2());
      now = addMs(now, 30_000);
      await measure(oauth2());
      expect(tokens).to.equal(1);
      now = addMs(now, 30_000);
      await measure(oauth2());
      expect(tokens).to.equal(2);
      serve((n) => [200, { access_token: `t${n}`, expires_in: 60 }], 401);
      await measure(oauth2());
      await measure(oauth2());
      expect(tokens).to.equal(1);
    });

    it('offers its credentials in the body too', async () => {
      serve((n) => (n === 1 ? [401, '{}'] : [200, { access_token: 't' }]));
      expect(await measure(oauth2())).to.deep.include({ kind: 'value' });
      expect(Object.fromEntries(new URLSearchParams(server.seen[1]?.body))).to.deep.include({
        client_id: 'c',
        client_secret: 's',
      });
    });

    for (const [what, answer, expected] of [
      ['a refusal', [401, 'no'], 'oauth2: cannot fetch token: 401 Unauthorized: no'],
      ['a failure', [503, ''], 'oauth2: cannot fetch token: 503 Service Unavailable'],
      ['no token', [200, {}], 'oauth2: server response missing access_token'],
      [
        'HTML',
        [200, '<html>'],
        "oauth2: cannot parse json: invalid character '<' looking for beginning of value",
      ],
    ] as const) {
      it(`is an error for ${what}`, async () => {
        serve(() => answer);
        expect(await message(oauth2())).to.equal(expected);
      });
    }

    it('is an error when a part of it is missing', async () => {
      for (const part of [{ clientId: '' }, { clientSecret: '' }]) {
        expect(await message(oauth2(part))).to.equal(
          'missing mandatory parameter in metric for OAuth2 setup',
        );
      }
    });
  });
});
