import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpServer, sendJson, type SeenRequest } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { selfSigned } from '#test/fakes/self-signed.js';
import { signRequest } from '../aws/sign.js';
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

  /** Whether a request bears the signature that the secret makes of it as it arrived. */
  function isSigned(
    { method, path, headers, body }: SeenRequest,
    who: string,
    secret: string,
    region: string,
  ) {
    const token = headers['x-amz-security-token'];
    const { authorization } = signRequest(
      {
        method,
        url: new URL(path, server.url),
        headers: { 'content-type': headers['content-type'] ?? '' },
        body,
      },
      {
        credentials: {
          accessKeyId: who,
          secretAccessKey: secret,
          ...(token === undefined ? {} : { sessionToken: String(token) }),
        },
        region,
        service: path === '/' ? 'sts' : 'aps',
        now,
      },
    );
    expect(headers.authorization).to.equal(authorization);
  }

  it('signs for Amazon Managed Prometheus with the credentials of the environment', async () => {
    expect(await query({ region: 'eu-west-1' }, keys)).to.deep.include({ value: '3' });
    expect(server.seen.map(({ method, path }) => [method, path])).to.deep.equal([
      ['POST', '/aps-workspaces/workspaces/ws-1/api/v1/query'],
    ]);
    isSigned(server.seen[0]!, 'AKID', 'secret', 'eu-west-1');
    expect(new URLSearchParams(server.seen[0]?.body).get('query')).to.equal('sum(rate(x[1m])) > 0');
  });

  it('takes a role on first when it is given one, in the region of the environment', async () => {
    const env = { ...keys, AWS_REGION: 'us-east-2', AWS_ENDPOINT_URL_STS: server.url };
    const roleArn = 'arn:aws:iam::1:role/reader';
    expect(await query({ roleArn }, env)).to.deep.include({ value: '3' });
    const [asked, sent] = server.seen;
    isSigned(asked!, 'AKID', 'secret', 'us-east-2');
    expect(new URLSearchParams(asked?.body).get('RoleArn')).to.equal(roleArn);
    isSigned(sent!, 'ROLE', 'taken', 'us-east-2');
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
    const ask = () =>
      source.measure(
        metricRequest('prometheus', { address: server.url, query: 'up', authentication: { oauth2 } }),
      );
    await ask();
    isRefused = true;
    expect(await ask()).to.deep.equal({ kind: 'error', message: 'client_error: client error: 401' });
    isRefused = false;
    expect(await ask()).to.deep.include({ value: '3' });
    const api = '/api/v1/query';
    expect(server.seen.map(({ path }) => path)).to.deep.equal(['/token', api, api, '/token', api]);
    expect(new URLSearchParams(server.seen[0]?.body).get('scope')).to.equal('a b');
    expect(server.seen[1]?.headers.authorization).to.equal('Bearer t');
  });

  it('checks certificates unless it is told not to', async () => {
    const tls = createServer(selfSigned, (_, response) =>
      sendJson(response, 200, { status: 'success', data: { resultType: 'scalar', result: [1, '7'] } }),
    );
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    const { port } = tls.address() as AddressInfo;
    const ask = (insecure: boolean) =>
      createPrometheusSource({ clock, env: {} }).measure(
        metricRequest('prometheus', { address: `https://127.0.0.1:${port}`, query: 'up', insecure }),
      );
    expect((await ask(false)).kind).to.equal('error');
    expect(await ask(true)).to.deep.include({ value: '7' });
    tls.closeAllConnections();
    await new Promise((resolve) => tls.close(resolve));
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

  it('keeps warnings as they came, and names no query that there is none of', async () => {
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
  });
});
