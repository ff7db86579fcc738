import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { expectSigned } from '#test/fakes/aws-signature.js';
import { FakeHttpServer, sendJson, type SeenRequest } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createPrometheusSource } from './source.js';

const now = instantOf(Date.UTC(2026, 0, 1));
const clock = { now: () => now, schedule: () => () => undefined };
const home = { HOME: '/nowhere', AWS_EC2_METADATA_DISABLED: 'true' };
const keys = { ...home, AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };

const sts = (
  name: string,
) => `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
  <Credentials><AccessKeyId>${name}</AccessKeyId><SecretAccessKey>taken</SecretAccessKey>
  <SessionToken>t&amp;t</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>`;

describe('prometheus source', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => {
    server.seen.splice(0);
    server.answer = (seen, response) =>
      seen.path === '/'
        ? response.end(sts('ROLE'))
        : sendJson(response, 200, { status: 'success', data: { resultType: 'scalar', result: [1, '3'] } });
  });
  after(() => server.stop());

  function query(sigv4: object | undefined, env: Record<string, string>): Promise<MetricOutcome> {
    const address = `${server.url}/aps-workspaces/workspaces/ws-1`;
    const provider = { address, query: 'sum(rate(x[1m])) > 0', authentication: { sigv4 } };
    return createPrometheusSource({ clock, env }).measure(metricRequest('prometheus', provider));
  }

  const isSigned = (
    seen: SeenRequest | undefined,
    accessKeyId: string,
    secretAccessKey: string,
    region: string,
  ): void => {
    const service = seen?.path === '/' ? 'sts' : 'aps';
    expectSigned(seen, server.url, { credentials: { accessKeyId, secretAccessKey }, region, service, now });
  };

  it('signs for Amazon Managed Prometheus with the credentials of the environment', async () => {
    expect(await query({ region: 'eu-west-1' }, keys)).to.deep.include({ value: '3' });
    expect(server.seen.map(({ method, path }) => [method, path])).to.deep.equal([
      ['POST', '/aps-workspaces/workspaces/ws-1/api/v1/query'],
    ]);
    isSigned(server.seen[0], 'AKID', 'secret', 'eu-west-1');
    expect(new URLSearchParams(server.seen[0]?.body).get('query')).to.equal('sum(rate(x[1m])) > 0');
  });

  it('takes a role on first when it is given one, in the region of the environment', async () => {
    const env = { ...keys, AWS_REGION: 'us-east-2', AWS_ENDPOINT_URL_STS: server.url };
    const roleArn = 'arn:aws:iam::1:role/reader';
    expect(await query({ roleArn }, env)).to.deep.include({ value: '3' });
    const [asked, sent] = server.seen;
    isSigned(asked, 'AKID', 'secret', 'us-east-2');
    expect(new URLSearchParams(asked?.body).get('RoleArn')).to.equal(roleArn);
    isSigned(sent, 'ROLE', 'taken', 'us-east-2');
    expect(sent?.headers['x-amz-security-token']).to.equal('t&t');
  });

  it('does not sign when the metric says nothing about it', async () => {
    expect(await query({ region: '' }, home)).to.deep.include({ value: '3' });
    expect(await query(undefined, home)).to.deep.include({ value: '3' });
    expect(server.seen[0]?.headers.authorization).to.equal(undefined);
  });

  it('says what is missing: a region, credentials, a profile, a role', async () => {
    const message = async (sigv4: object, env: Record<string, string>) => {
      const outcome = await query(sigv4, env);
      return outcome.kind === 'error' ? outcome.message : outcome.kind;
    };
    expect(await message({ roleArn: '', profile: '', region: 'r' }, home)).to.equal(
      'no AWS credentials were found',
    );
    expect(await message({ profile: 'x' }, keys)).to.equal('failed to get shared config profile, x');
    server.answer = (_, response) => {
      response.writeHead(403);
      response.end(
        '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
      );
    };
    expect(
      await message({ roleArn: 'arn' }, { ...keys, AWS_REGION: 'r', AWS_ENDPOINT_URL: server.url }),
    ).to.equal('AssumeRole of STS: https response error StatusCode: 403, api error AccessDenied: no');
  });

  it('fetches a token, keeps it, and fetches another when it is refused', async () => {
    let isRefused = false;
    server.answer = ({ path }, response) => {
      if (path === '/token') sendJson(response, 200, { access_token: 't', expires_in: 60 });
      else if (isRefused) sendJson(response, 401, 'no');
      else sendJson(response, 200, { status: 'success', data: { resultType: 'scalar', result: [1, '3'] } });
    };
    const oauth2 = { tokenUrl: `${server.url}/token`, clientId: 'c', clientSecret: 's', scopes: ['a', 'b'] };
    const source = createPrometheusSource({ clock, env: {} });
    const measure = () =>
      source.measure(
        metricRequest('prometheus', { address: server.url, query: 'up', authentication: { oauth2 } }),
      );
    await measure();
    isRefused = true;
    expect(await measure()).to.deep.equal({ kind: 'error', message: 'client_error: client error: 401' });
    isRefused = false;
    expect(await measure()).to.deep.include({ value: '3' });
    const api = '/api/v1/query';
    expect(server.seen.map(({ path }) => path)).to.deep.equal(['/token', api, api, '/token', api]);
    expect(new URLSearchParams(server.seen[0]?.body).get('scope')).to.equal('a b');
    expect(server.seen[1]?.headers.authorization).to.equal('Bearer t');
  });

  it('reads every point of a range, NaN and infinities too', async () => {
    server.answer = (_, response) =>
      sendJson(response, 200, {
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { a: '1' },
              values: [
                [1, 'NaN'],
                [2, '1e21'],
              ],
            },
            {
              metric: { a: '2' },
              values: [
                [1, '-Inf'],
                [2, '0.00000012'],
              ],
            },
          ],
        },
      });
    const rangeQuery = { start: 'date("2026-01-01") - duration("5m")', end: 'now()', step: '30s' };
    const source = createPrometheusSource({ clock, env: {} });
    const outcome = await source.measure(
      metricRequest('prometheus', { address: server.url, query: 'up', rangeQuery }),
    );
    expect(outcome).to.deep.include({ value: '[NaN,1000000000000000000000,-Inf,0.00000012]' });
    expect(Object.fromEntries(new URLSearchParams(server.seen[0]?.body))).to.deep.equal({
      query: 'up',
      start: String(now / 1000 - 300),
      end: String(now / 1000),
      step: '30',
    });
  });

  /** One instant query of the plain server. */
  const ask = (rest: object = {}, env: Record<string, string> = {}): Promise<MetricOutcome> =>
    createPrometheusSource({ clock, env }).measure(
      metricRequest('prometheus', { address: server.url, query: 'up', ...rest }),
    );
  const message = async (rest: object, env: Record<string, string> = {}): Promise<string> => {
    const outcome = await ask({ address: '', ...rest }, env);
    return outcome.kind === 'error' ? outcome.message : outcome.kind;
  };

  it('asks at the current time, with headers over the login', async () => {
    const basicAuth = { username: 'u', password: 'p' };
    await ask({ authentication: { basicAuth }, headers: [{ key: 'X-Scope-OrgID', value: 'a' }] });
    await ask({ authentication: { basicAuth }, headers: [{ key: 'Authorization', value: 'Mine' }] });
    const [seen, other] = server.seen;
    expect(seen).to.deep.include({
      method: 'POST',
      path: '/api/v1/query',
      body: `query=up&time=${now / 1000}`,
    });
    expect(seen?.headers).to.include({
      'content-type': 'application/x-www-form-urlencoded',
      'x-scope-orgid': 'a',
      authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
    });
    expect(other?.headers.authorization).to.equal('Mine');
  });

  it('asks below the path of its address, which may come from the environment', async () => {
    await ask({ address: `${server.url}/prom/?tenant=a` });
    await ask({ address: '' }, { ARGO_ROLLOUTS_PROMETHEUS_ADDRESS: `${server.url}/env` });
    expect(server.seen.map(({ path }) => path)).to.deep.equal([
      '/prom/api/v1/query?tenant=a',
      '/env/api/v1/query',
    ]);
  });

  for (const status of [405, 501]) {
    it(`asks by GET after ${status}`, async () => {
      server.answer = ({ method }, response) =>
        method === 'POST'
          ? sendJson(response, status, 'no')
          : sendJson(response, 200, { status: 'success', data: { resultType: 'scalar', result: [1, '2'] } });
      expect(await ask()).to.deep.include({ value: '2' });
      expect(server.seen[1]).to.deep.include({
        method: 'GET',
        path: `/api/v1/query?query=up&time=${now / 1000}`,
      });
      expect(server.seen[1]?.headers).not.to.have.property('content-type');
    });
  }

  for (const [text, value] of [
    ['0.95', '0.95'],
    ['1', '1'],
    ['100', '100'],
    ['-0', '-0'],
    ['1e+30', `1${'0'.repeat(30)}`],
    ['1e-7', '0.0000001'],
    ['123456789.123', '123456789.123'],
    ['0x1p-2', '0.25'],
  ] as const) {
    it(`prints ${text} as ${value}`, async () => {
      server.answer = (_, response) =>
        sendJson(response, 200, { status: 'success', data: { resultType: 'scalar', result: [1, text] } });
      expect(await ask()).to.deep.equal({ kind: 'value', result: Number(value), value });
    });
  }

  for (const status of [400, 422]) {
    it(`says what Prometheus has against the query: ${status}`, async () => {
      server.answer = (_, response) =>
        sendJson(response, status, { status: 'error', errorType: 'bad_data', error: 'parse error' });
      expect(await ask()).to.deep.equal({ kind: 'error', message: 'bad_data: parse error' });
    });
  }

  for (const [what, provider, expected] of [
    ['no address', {}, 'prometheus address is not configured'],
    ['an address without a scheme', { address: 'prometheus' }, 'prometheus address is not is url format'],
    ['an address without a host', { address: 'http://' }, 'prometheus address is not is url format'],
    ['a negative timeout', { address: 'http://a', timeout: -1 }, 'prometheus timeout should not be negative'],
    [
      'a start that is no time',
      { address: 'http://a', rangeQuery: { start: '1', end: 'now()', step: '1m' } },
      /^failed to parse rangeQuery\.start as time: expected time.*, but got int$/,
    ],
    [
      'an end that is no expression',
      { address: 'http://a', rangeQuery: { start: 'now()', end: 'now(', step: '1m' } },
      /^failed to parse rangeQuery\.end as time: /,
    ],
    [
      'a step without a unit',
      { address: 'http://a', rangeQuery: { start: 'now()', end: 'now()', step: '1' } },
      'failed to parse rangeQuery.step as duration: time: missing unit in duration "1"',
    ],
    [
      'OAuth2 without credentials',
      { address: 'http://a', authentication: { oauth2: { tokenUrl: 'http://t' } } },
      'missing mandatory parameter in metric for OAuth2 setup',
    ],
    [
      'half of a login',
      { address: 'http://a', authentication: { basicAuth: { username: 'u' } } },
      'basicAuth needs both username and password',
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const said = await message(provider);
      if (typeof expected === 'string') expect(said).to.equal(expected);
      else expect(said).to.match(expected);
      expect(server.seen).to.deep.equal([]);
    });
  }

  it('keeps warnings as they came, and the query if there is one', async () => {
    server.answer = (_, response) =>
      sendJson(response, 200, {
        status: 'success',
        data: { resultType: 'vector', result: [{ metric: {}, value: [1, 'NaN'] }] },
        warnings: ['a "b"'],
      });
    expect(await query(undefined, home)).to.deep.include({
      value: '[NaN]',
      metadata: { warnings: '"a "b""' },
    });
    const source = createPrometheusSource({ clock, env: {} });
    expect(source.describe?.({})).to.deep.equal({});
    expect(source.describe?.({ query: 'up' })).to.deep.equal({ ResolvedPrometheusQuery: 'up' });
  });
});
