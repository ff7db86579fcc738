import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createHttpClient } from '#adapters/metrics/http/call.js';
import { createPrometheusSource } from '#adapters/metrics/prometheus/source.js';
import { instantOf, type Instant } from '#core/time/instant.js';
import { createCliWorld, type Finished } from '#test/fakes/cli-io.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { PastPrometheus, type PastData } from '#test/fakes/past-prometheus.js';
import { pastHttp } from './past-http.js';

const example = (name: string) =>
  readFileSync(new URL(`../../../../../examples/analysis/${name}`, import.meta.url), 'utf8');

const seconds = (text: string) => Date.parse(text) / 1000;

/** Bad from a moment on for half an hour; nothing is remembered before March. */
const shop: PastData = (query, at) => {
  if (at < seconds('2025-03-01T00:00:00Z')) return [];
  const isDown = at >= seconds('2025-03-02T10:05:00Z') && at < seconds('2025-03-02T10:35:00Z');
  if (query.includes('rs="canary"')) return [{ value: query.includes('code') ? (isDown ? 30 : 1) : 200 }];
  if (query.includes('rs="stable"')) return [{ value: query.includes('code') ? 9 : 1800 }];
  if (query.includes('scalar')) return isDown ? 0.9 : 0.99;
  return query.includes('rate(') || query.includes('increase(')
    ? [{ value: isDown ? 0.9 : 0.99 }]
    : undefined;
};

const releases = `
- { name: quiet, at: 2025-03-01T10:00:00Z, bad: false }
- { name: broken, at: 2025-03-02T10:00:00Z, until: 2025-03-02T10:35:00Z, bad: true }
- { name: sly, at: 2025-03-03T10:00:00Z, bad: true }
- { name: forgotten, at: 2024-01-01T10:00:00Z, bad: false }
`;

describe('sluice analysis backtest', () => {
  let server: PastPrometheus;
  before(async () => {
    server = await PastPrometheus.start(shop);
  });
  beforeEach(() => void server.requests());
  after(() => server.stop());

  async function backtest(more = '', files: Readonly<Record<string, string>> = {}): Promise<Finished> {
    const all = { 'gate.yaml': example('success-rate.yaml'), 'r.yaml': releases, ...files };
    const world = await createCliWorld({ files: all });
    return world.run(`analysis backtest gate.yaml --prometheus ${server.url}${more}`);
  }

  it('tells caught from missed, passed from false alarms, and how early', async () => {
    const strict = example('success-rate.yaml').replace('len(result) == 0 || ', '');
    const { code, out } = await backtest(' --arg service=web --releases r.yaml', { 'gate.yaml': strict });
    expect(out).to.equal(`RELEASE    WAS   VERDICT       AFTER  GATE     WHY
forgotten  good  ▲ Error       40s    no data  success-rate: consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: could not evaluate successCondition "isNaN(result[0]) || result[0] >= 0.95": metric result is nil or empty: no data returned from the metric provider"
quiet      good  ● Successful  9m0s   passed
broken     bad   ✕ Failed      6m0s   caught   success-rate: failed (2) > failureLimit (1); 29m0s before its end
sly        bad   ● Successful  9m0s   missed

4 releases
  bad   2: 1 caught (after 6m0s), 1 missed
  good  2: 1 passed, 0 false alarms
  1 without a verdict, since nothing could be measured
`);
    expect(code).to.equal(1);
  });

  it('asks once for a moment and once for the rest of a release', async () => {
    expect(
      (
        await backtest(
          ' --arg service=web --releases r.yaml --from 2025-03-01T00:00:00Z --to 2025-03-02T23:00:00Z',
        )
      ).code,
    ).to.equal(0);
    const asked = server.requests().filter(({ form }) => form['query'] !== 'vector(1)');
    expect(
      asked.map(({ path, form: { time, start, end, step } }) => [
        path.slice(8),
        time ?? [start, end, step].join(' '),
      ]),
    ).to.deep.equal([
      ['query', String(seconds('2025-03-01T10:00:00Z'))],
      ['query_range', `${seconds('2025-03-01T10:01:00Z')} ${seconds('2025-03-01T11:00:00Z')} 60`],
      ['query', String(seconds('2025-03-02T10:00:00Z'))],
      ['query_range', `${seconds('2025-03-02T10:01:00Z')} ${seconds('2025-03-02T10:35:00Z')} 60`],
    ]);
  });

  it('says all as JSON, with arguments of each release', async () => {
    const own = '- { at: 2025-03-02T10:00:00Z, bad: true, args: { service: checkout } }\n';
    const { out } = await backtest(' --releases r.yaml -o json', { 'r.yaml': own });
    const { releases: rows, summary } = JSON.parse(out);
    expect(rows).to.deep.equal([
      {
        release: '2025-03-02T10:00:00Z',
        at: '2025-03-02T10:00:00Z',
        bad: true,
        verdict: 'Failed',
        afterSeconds: 360,
        judgement: 'caught',
        because: 'Metric "success-rate" assessed Failed due to failed (2) > failureLimit (1)',
        measured: 7,
        errors: 0,
      },
    ]);
    expect(summary).to.deep.include({ bad: 1, caught: 1, medianSecondsToCatch: 360 });
    expect(server.requests().at(-1)?.form['query']).to.contain('service="checkout"');
  });

  it('tries quiet times, and calls what it stops there a false alarm', async () => {
    const { code, out } = await backtest(
      ' --arg service=web --from 2025-03-02T00:00:00Z --to 2025-03-02T12:00:00Z --quiet-every 5h --run-for 30m',
    );
    expect(code).to.equal(1);
    expect(out).to.contain('2025-03-02T10:00:00Z  good  ✕ Failed      6m0s   false alarm');
    expect(out).to.contain('good  3: 2 passed, 1 false alarm\n');
  });

  it('knows scalars from lists, as the query of one moment does', async () => {
    const scalar = example('success-rate.yaml')
      .replace(/query: \|\n.*\n.*\n/, 'query: scalar(rate(x[1m]))\n')
      .replace(/successCondition: .*/, 'successCondition: result >= 0.95')
      .replace('{ args: [] }', '');
    const { out } = await backtest(' --arg service=x --releases r.yaml --from 2025-03-01T00:00:00Z', {
      'gate.yaml': scalar,
    });
    expect(out).to.contain('broken   bad   ✕ Failed      6m0s   caught');
  });

  it('compares canary and baseline as they were', async () => {
    const args =
      ' --arg canary-hash=canary --arg stable-hash=stable --releases r.yaml --from 2025-03-02T00:00:00Z --to 2025-03-02T23:00:00Z';
    const gate = example('errors-compared.yaml');
    const { code, out } = await backtest(args, { 'gate.yaml': gate });
    expect([code, out.includes('caught')]).to.deep.equal([0, true], out);
  });

  for (const [words, provider, error] of [
    [
      'web',
      'web: {url: "http://x"}',
      'metric "success-rate" is of web, which cannot be asked about the past: leave it out by --without success-rate',
    ],
    [
      'a Secret',
      'prometheus: {query: "{{args.t}}"}',
      'AnalysisTemplate/success-rate: an argument is the key k of the Secret s: give its value by --arg',
    ],
  ] as const) {
    it(`refuses ${words} by name`, async () => {
      const gate = example('success-rate.yaml')
        .replace(/provider:[\s\S]*$/, `provider: {${provider}}\n`)
        .replace(
          '- name: service\n',
          '- name: service\n    - {name: t, valueFrom: {secretKeyRef: {name: s, key: k}}}\n',
        );
      const { code, err } = await backtest(' --arg service=x --releases r.yaml', { 'gate.yaml': gate });
      expect([code, err.includes(error)]).to.deep.equal([1, true], err);
    });
  }

  it('leaves a metric out that is not wanted', async () => {
    const two = `${example('success-rate.yaml')}    - {name: other, provider: {web: {url: "http://x"}}}\n`;
    const { out } = await backtest(
      ' --arg service=x --releases r.yaml --without other --from 2025-03-02T00:00:00Z',
      { 'gate.yaml': two },
    );
    expect(out).to.contain('caught');
  });
});

describe('queries of the past', () => {
  let server: PastPrometheus;
  const series: PastData = (query, at) => {
    if (query === 'scalar') return at;
    if (query === 'gone') return at < 200 ? [{ value: at }] : [];
    if (query.includes('broken')) return undefined;
    return [
      { metric: { pod: 'a' }, value: at },
      { metric: { pod: 'b' }, value: at === 160 ? Number.NaN : Infinity },
    ];
  };
  before(async () => {
    server = await PastPrometheus.start(series);
  });
  after(() => server.stop());

  /** Values at these moments, and how many requests they took. */
  async function ask(query: string, moments: readonly number[], until = 1000): Promise<unknown[]> {
    let now: Instant = instantOf(0);
    const http = pastHttp(createHttpClient({ env: {} }), () => instantOf(until * 1000));
    const source = createPrometheusSource({
      clock: { now: () => now, schedule: () => () => undefined },
      env: {},
      http,
    });
    server.requests();
    const values: unknown[] = [];
    for (const at of moments) {
      now = instantOf(at * 1000);
      const outcome = await source.measure(metricRequest('prometheus', { address: server.url, query }));
      values.push(outcome.kind === 'value' ? outcome.value : outcome.kind === 'error' && outcome.message);
    }
    return [...values, server.requests().length];
  }

  for (const [words, query, moments, expected] of [
    [
      'are one range, with every value as it was',
      'x',
      [100, 160, 220, 280],
      ['[100,+Inf]', '[160,NaN]', '[220,+Inf]', '[280,+Inf]', 2],
    ],
    ['are scalars where they were', 'scalar', [100, 160, 220], ['100', '160', '220', 2]],
    ['are empty where nothing was', 'gone', [100, 160, 220], ['[100]', '[160]', '[]', 2]],
    [
      'beside the beat go through',
      'x',
      [100, 160, 165, 220],
      ['[100,+Inf]', '[160,NaN]', '[165,+Inf]', '[220,+Inf]', 3],
    ],
    [
      'with an order of their own go through',
      'topk(1, x)',
      [100, 160, 220],
      ['[100,+Inf]', '[160,NaN]', '[220,+Inf]', 3],
    ],
    [
      'that are none go through with their reason',
      'broken',
      [100, 160],
      [
        'bad_data: invalid parameter "query": parse error in broken',
        'bad_data: invalid parameter "query": parse error in broken',
        2,
      ],
    ],
  ] as const) {
    it(words, async () => {
      expect(await ask(query, moments)).to.deep.equal(expected);
    });
  }

  it('do not ask beyond the end', async () => {
    expect(await ask('x', [100, 160], 190)).to.deep.equal(['[100,+Inf]', '[160,NaN]', 2]);
  });
});
