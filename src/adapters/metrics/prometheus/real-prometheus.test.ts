import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { hasPrometheus, startPrometheus, type RealPrometheus } from '#test/fakes/real-prometheus.js';
import { createPrometheusSource } from './source.js';

describe('prometheus source against a real Prometheus, where there is one', () => {
  let address = '';
  let server: RealPrometheus | undefined;

  before(async function () {
    if (!hasPrometheus) this.skip();
    this.timeout(30_000);
    server = await startPrometheus('--query.timeout=300ms');
    address = server.url;
  });

  after(() => server?.stop());

  const clock = { now: () => instantOf(Date.now()), schedule: () => () => undefined };
  const source = createPrometheusSource({ clock, env: {} });

  const ask = (provider: object): Promise<MetricOutcome> =>
    source.measure(metricRequest('prometheus', { address, ...provider }));

  const value = async (provider: object): Promise<string> => {
    const outcome = await ask(provider);
    return outcome.kind === 'value'
      ? outcome.value
      : outcome.kind === 'error'
        ? outcome.message
        : outcome.kind;
  };

  it('reads scalars, vectors, ranges, infinities and NaN', async () => {
    expect(await value({ query: '1.5' })).to.equal('1.5');
    expect(await value({ query: 'vector(0.95)' })).to.equal('[0.95]');
    expect(await value({ query: 'vector(1/0)' })).to.equal('[+Inf]');
    expect(await value({ query: '-1/0' })).to.equal('-Inf');
    expect(await value({ query: '0/0' })).to.equal('NaN');
    expect(await value({ query: 'nothing_here' })).to.equal('[]');
    const rangeQuery = { start: 'now() - duration("2m")', end: 'now()', step: '1m' };
    expect(await value({ query: 'vector(2)', rangeQuery })).to.equal('[2,2,2]');
  });

  it('asks over a range, also of queries that last', async () => {
    const rangeQuery = { start: 'now() - duration("90s")', end: 'now()', step: '30s' };
    expect(await value({ query: 'vector(time() > bool 0)', rangeQuery })).to.equal('[1,1,1,1]');
    expect(await value({ query: 'nothing_here', rangeQuery })).to.equal('[]');
    expect(await value({ query: '1', rangeQuery: { ...rangeQuery, step: '1ms' } })).to.match(
      /^bad_data: exceeded maximum resolution/,
    );
    expect(
      await value({ query: '1', rangeQuery: { ...rangeQuery, start: 'now() + duration("1h")' } }),
    ).to.match(/^bad_data: .*end timestamp must not be before start time/);
  });

  for (const [query, expected] of [
    ['rate(', /^bad_data: .*parse error/],
    ['', /^bad_data: .*parse error/],
    ['"text"', /^Prometheus metric type not supported$/],
    [
      'label_replace(vector(1), "a", "$1", "b", "(")',
      /^execution: invalid regular expression in label_replace/,
    ],
    ['vector(1) + on() group_left vector(1) + {', /^bad_data: .*parse error/],
  ] as const) {
    it(`says what Prometheus has against ${JSON.stringify(query)}`, async () => {
      expect(await value({ query })).to.match(expected);
    });
  }

  it('gives up when the metric has no more time, or Prometheus', async () => {
    // Four thousand points, each the median of seven thousand: seconds of work.
    const rangeQuery = { start: 'now() - duration("4000s")', end: 'now()', step: '1s' };
    const slow = { query: 'quantile_over_time(0.5, vector(1)[2h:1s])', rangeQuery };
    expect(await value({ ...slow, timeout: 0.05 })).to.equal('no answer within 0.05s');
    expect(await value(slow)).to.equal('server_error: server error: 503');
  });

  it('needs few connections for many measurements', async () => {
    const accepted = async (): Promise<number> => {
      const page = await (await fetch(`${address}/metrics`)).text();
      const name = 'net_conntrack_listener_conn_accepted_total{listener_name="http"}';
      return Number(
        page
          .split('\n')
          .find((line) => line.startsWith(name))
          ?.slice(name.length),
      );
    };
    const before = await accepted();
    const fifty = await Promise.all(Array.from({ length: 50 }, () => value({ query: '1' })));
    expect(new Set(fifty)).to.deep.equal(new Set(['1']));
    expect((await accepted()) - before).to.be.within(1, 10);
  });

  it('stays below the path and with the headers that are wanted', async () => {
    expect(await value({ query: '1', address: `${address}/` })).to.equal('1');
    expect(await value({ query: '1', address: `${address}/nowhere` })).to.equal(
      'client_error: client error: 404',
    );
    expect(await value({ query: '1', headers: [{ key: 'X-Scope-OrgID', value: 'a' }] })).to.equal('1');
  });
});
