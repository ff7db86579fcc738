import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { readProfile } from './profile.js';
import { createNewRelicSource } from './source.js';

const clock = { now: () => instantOf(0), schedule: () => () => undefined };
const query = 'FROM Transaction SELECT percentage(count(*), WHERE httpResponseCode != 500)';

describe('metric source newRelic', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());

  const secret = (): Readonly<Record<string, string>> => ({
    'personal-api-key': 'NRAK-1',
    'account-id': '42',
    'base-url-nerdgraph': `${server.url}/graphql`,
  });

  function measure(rest: object = {}, profiles: object = { newrelic: secret() }): Promise<MetricOutcome> {
    const source = createNewRelicSource({
      clock,
      env: {},
      readSecret: async (name) =>
        (profiles as any)[name] ??
        (await Promise.reject(new AppError('KubeNotFound', `secrets "${name}" not found`))),
    });
    return source.measure(metricRequest('newRelic', { query, ...rest }));
  }
  const answering = (status: number, body: unknown): void => {
    server.answer = (_, response) => {
      response.setHeader('retry-after', '7');
      sendJson(response, status, body);
    };
  };
  const rows = (...results: unknown[]): object => ({
    data: { actor: { account: { nrql: { results } } } },
  });
  const message = async (rest?: object, profiles?: object): Promise<string> => {
    const outcome = await measure(rest, profiles);
    return outcome.kind === 'error' ? outcome.message : outcome.kind;
  };

  it('asks NerdGraph for the account, with a time limit of five seconds', async () => {
    answering(200, rows({ percentage: 99.5 }));
    await measure();
    const [seen] = server.seen;
    expect(seen).to.deep.include({ method: 'POST', path: '/graphql' });
    expect(seen?.headers).to.include({ 'api-key': 'NRAK-1', 'content-type': 'application/json' });
    const { query: document, variables } = JSON.parse(seen?.body ?? '');
    expect(variables).to.deep.equal({ accountId: 42, query, timeout: 5 });
    expect(document).to.include('nrql(query: $query, timeout: $timeout)');
  });

  it('gives a map for one row and a list of maps for several', async () => {
    answering(200, rows({ b: 1, a: '<' }));
    expect(await measure()).to.deep.equal({
      kind: 'value',
      result: { b: 1, a: '<' },
      value: '{"a":"\\u003c","b":1}',
    });
    answering(200, rows({ a: 1 }, { a: 2.5 }));
    expect(await measure()).to.deep.equal({
      kind: 'value',
      result: [{ a: 1 }, { a: 2.5 }],
      value: '[{"a":1},{"a":2.5}]',
    });
  });

  it('says the query after substitution', () => {
    const source = createNewRelicSource({ clock, env: {} });
    expect(source.describe?.({ query })).to.deep.equal({ ResolvedNewRelicQuery: query });
  });

  it('takes the profile that is named, else newrelic', async () => {
    answering(200, rows({ a: 1 }));
    expect(await message({ profile: 'mine' }, { mine: secret() })).to.equal('value');
    expect(await message({ profile: 'mine' })).to.equal('secrets "mine" not found');
    expect(await message({}, {})).to.equal('secrets "newrelic" not found');
  });

  it('reads the profile: account, region, and where NerdGraph is', () => {
    const base = { 'personal-api-key': 'k', 'account-id': '7' };
    expect(readProfile(base)).to.deep.equal({
      apiKey: 'k',
      accountId: 7,
      url: 'https://api.newrelic.com/graphql',
    });
    expect(readProfile({ ...base, region: 'EU' }).url).to.equal('https://api.eu.newrelic.com/graphql');
    expect(readProfile({ ...base, region: 'eu', 'base-url-nerdgraph': 'http://x/g' }).url).to.equal(
      'http://x/g',
    );
    expect(() => readProfile({ ...base, region: 'mars' })).to.throw('invalid region: "mars"');
    expect(() => readProfile({ ...base, 'account-id': 'x' })).to.throw(
      'could not parse account ID: strconv.Atoi: parsing "x": invalid syntax',
    );
    expect(() => readProfile({ 'account-id': '7' })).to.throw('account ID or personal API key not found');
  });

  it('refuses a negative time limit, and ends when time is up', async () => {
    expect(await message({ timeout: -1 })).to.equal('newrelic timeout should not be negative');
    server.answer = () => undefined;
    expect(await message({ timeout: 0.05 })).to.equal('no answer within 0.05s');
  });
});
