import { expect } from 'chai';
import { AppError } from '#ports/errors.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { instantOf } from '#core/time/instant.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createInfluxDbSource } from './source.js';

const clock = { now: () => instantOf(0), schedule: () => () => undefined };

describe('influxdb source', () => {
  let server: FakeHttpServer;
  let secrets: Record<string, Record<string, string>>;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => {
    server.seen.splice(0);
    const profile = { address: `${server.url}/`, authToken: 'top-secret', org: 'my org' };
    secrets = { influxdb: profile, other: { ...profile, authToken: 'second' } };
  });
  after(() => server.stop());

  const readSecret = (name: string) => {
    const found = secrets[name];
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(new AppError('KubeNotFound', `secrets "${name}" not found`));
  };
  const query = (rest: object = {}, signal = new AbortController().signal): Promise<MetricOutcome> =>
    createInfluxDbSource({ clock, env: {}, readSecret }).measure(
      metricRequest('influxdb', { query: 'from(bucket: "b")', ...rest }, { signal }),
    );
  const table = (type: string, ...cells: string[]) =>
    [
      `#datatype,string,long,dateTime:RFC3339,${type}`,
      '#group,false,false,false,false',
      '#default,_result,,,',
      ',result,table,_time,_value',
      ...cells.map((cell) => `,,0,2026-01-01T00:00:00Z,${cell}`),
      '',
    ].join('\r\n');
  const answering = (status: number, body: string): void => {
    server.answer = (_, response) => sendJson(response, status, body);
  };
  const value = async (body: string) => {
    answering(200, body);
    const outcome = await query();
    return outcome.kind === 'value' ? [outcome.result, outcome.value] : outcome;
  };

  it('asks for annotated CSV with the profile of the controller', async () => {
    answering(200, table('double', '1', '6.6'));
    expect(await query()).to.deep.equal({ kind: 'value', result: [1, 6.6], value: '[1 6.6]' });
    const [seen] = server.seen;
    expect([seen?.method, seen?.path]).to.deep.equal(['POST', '/api/v2/query?org=my%20org']);
    expect(seen?.headers).to.include({
      authorization: 'Token top-secret',
      'content-type': 'application/json',
    });
    expect(JSON.parse(seen?.body ?? '')).to.deep.equal({
      query: 'from(bucket: "b")',
      type: 'flux',
      dialect: { annotations: ['datatype', 'group', 'default'], delimiter: ',', header: true },
    });
    await query({ profile: 'other' });
    expect(server.seen[1]?.headers.authorization).to.equal('Token second');
  });

  it('reads values of any type over all tables', async () => {
    expect(await value(table('long', '-3', '') + '\r\n' + table('unsignedLong', '7'))).to.deep.equal([
      [-3n, null, 7n],
      '[-3 <nil> 7]',
    ]);
    expect(await value(table('boolean', 'true', 'false'))).to.deep.equal([[true, false], '[true false]']);
    expect(await value(table('string', '"a ""b"", c"', 'x'))).to.deep.equal([
      ['a "b", c', 'x'],
      '[a "b", c x]',
    ]);
    expect(((await value(table('duration', '1h30m0s'))) as unknown[])[1]).to.equal('[1h30m0s]');
    expect(
      ((await value(table('dateTime:RFC3339Nano', '2026-01-01T01:00:00.25+01:00'))) as unknown[])[1],
    ).to.equal('[2026-01-01 00:00:00.25 +0000 UTC]');
    expect(await value(table('double', 'NaN', '+Inf', '-Inf', '1000000'))).to.deep.equal([
      [Number.NaN, Infinity, -Infinity, 1e6],
      '[NaN +Inf -Inf 1e+06]',
    ]);
  });

  it('makes an error of an answer without records, and of one that breaks off', async () => {
    for (const body of ['', '\r\n', table('double')]) {
      expect(await value(body)).to.deep.equal({
        kind: 'error',
        message: 'no results returned from flux query',
      });
    }
    const broken =
      '#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error,reference\r\n,timed out,897\r\n';
    expect(await value(`${table('double', '1')}\r\n${broken}`)).to.deep.equal({
      kind: 'error',
      message: 'timed out,897',
    });
  });

  const failures: readonly (readonly [string, number, string, string])[] = [
    [
      'no right',
      401,
      '{"code":"unauthorized","message":"unauthorized access"}',
      'unauthorized: unauthorized access',
    ],
    ['too many requests', 429, '', 'too many requests: exceeded rate limit'],
    ['a server that is down', 503, '', 'unavailable: service temporarily unavailable'],
    ['a server that is down behind a proxy', 503, '<html>', '503 Service Unavailable: <html>'],
    ['a broken server', 500, '', '500 Internal Server Error: '],
    ['a token in its words', 400, '{"code":"invalid","message":"top-secret"}', 'invalid: *****'],
  ];
  for (const [what, status, body, message] of failures) {
    it(`makes an error of ${what}`, async () => {
      answering(status, body);
      expect(await query()).to.deep.equal({ kind: 'error', message });
    });
  }

  it('says when its profile is missing or not whole, and ends when it is cancelled', async () => {
    expect(await query({ profile: 'none' })).to.deep.equal({
      kind: 'error',
      message: 'secrets "none" not found',
    });
    secrets = { influxdb: { address: server.url, org: 'o' } };
    expect(await query()).to.deep.equal({ kind: 'error', message: 'authToken, org, or address not found' });
    secrets = { influxdb: { address: server.url, org: 'o', authToken: 'to-ken' } };
    server.answer = () => undefined;
    const abort = new AbortController();
    const pending = query({}, abort.signal);
    setTimeout(() => abort.abort(), 5);
    expect(await pending).to.deep.equal({ kind: 'error', message: 'the measurement was cancelled' });
  });
});
