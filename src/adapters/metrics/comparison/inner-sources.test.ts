import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { comparisonProvider } from '#core/comparison/settings.js';
import { instantOf } from '#core/time/instant.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { metricSources } from '../index.js';

const now = instantOf(Date.UTC(2026, 0, 1) + 900);
const sources = metricSources({ clock: { now: () => now, schedule: () => () => undefined }, env: {} });
const source = sources[`plugin.${comparisonProvider}`] ?? expect.fail('not registered');

type Labelled = readonly [value: string, labels: Readonly<Record<string, string>>];

const podsOf = (side: string, ...values: readonly string[]): readonly Labelled[] =>
  values.map((value, i) => [value, { pod: `${side}-${i}` }]);

/** What a query gives: the samples of an instant vector. */
const series: Readonly<Record<string, readonly (string | Labelled)[]>> = {
  'canary:failed': ['9'],
  'canary:all': ['200'],
  'baseline:failed': [],
  'baseline:all': ['800'],
  'two:series': ['1', '2'],
  'not:finite': ['NaN'],
  'canary:failed:pods': podsOf('canary', '7', '9'),
  'canary:all:pods': podsOf('canary', '100', '100'),
  'baseline:failed:pods': podsOf('baseline', '9', '11'),
  'baseline:all:pods': podsOf('baseline', '100', '100', '100', '100'),
  'slow:buckets': [
    ['60', { le: '0.1' }],
    ['90', { le: '0.5' }],
    ['100', { le: '+Inf' }],
  ],
  'slow:buckets:pods': ['a', 'b'].flatMap((pod): readonly Labelled[] => [
    ['45', { pod, le: '0.5' }],
    ['50', { pod, le: '+Inf' }],
  ]),
};

describe('comparison of real sources', () => {
  let server: Server;
  let address: string;

  before((done) => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      response.setHeader('content-type', 'application/json');
      if (url.pathname === '/side') return void response.end('{"events":3,"total":50}');
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = new URLSearchParams(Buffer.concat(chunks).toString());
        const query = url.searchParams.get('query') ?? body.get('query') ?? '';
        const result = (series[query] ?? []).map((sample) => {
          const [value, metric] = typeof sample === 'string' ? [sample, {}] : sample;
          return { metric, value: [1_767_225_600, value] };
        });
        response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
      });
    }).listen(0, '127.0.0.1', () => {
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => server.close());

  const prometheus = (query: string) => ({ prometheus: { address, query } });
  const compare = (canary: object, baseline: object) =>
    source.measure(metricRequest('plugin', { kind: 'errorRate', minEvents: 0, canary, baseline }));
  const quiet = () => ({ events: prometheus('baseline:failed'), total: prometheus('baseline:all') });

  it('asks Prometheus for failures and requests of both sides, where no series is no failure', async () => {
    const outcome = await compare(
      { events: prometheus('canary:failed'), total: prometheus('canary:all') },
      quiet(),
    );
    expect(outcome).to.deep.include({ kind: 'judged', phase: 'Failed' });
    expect(outcome.metadata).to.deep.include({ canary: '9 of 200', baseline: '0 of 800' });
  });

  it('takes both numbers of a side from one answer, of another source than the other side', async () => {
    const outcome = await compare({ web: { url: `${address}/side` } }, quiet());
    expect(outcome.metadata).to.deep.include({ canary: '3 of 50', looks: '1' });
  });

  it('asks Prometheus by pod, and judges by how pods differ', async () => {
    const outcome = await source.measure(
      metricRequest('plugin', {
        kind: 'errorRate',
        clusterBy: 'pod',
        canary: { events: prometheus('canary:failed:pods'), total: prometheus('canary:all:pods') },
        baseline: { events: prometheus('baseline:failed:pods'), total: prometheus('baseline:all:pods') },
      }),
    );
    expect(outcome.metadata).to.deep.include({
      canary: '16 of 200',
      baseline: '20 of 400',
      clusters: '2 and 4',
      dispersion: '5.16',
    });
    expect(Number(outcome.metadata?.['evidenceWorse'])).to.be.below(0.5);
  });

  for (const [query, settings] of [
    ['slow:buckets', {}],
    ['slow:buckets:pods', { clusterBy: 'pod' }],
  ] as const) {
    it(`asks Prometheus for the buckets of a histogram: ${query}`, async () => {
      const side = prometheus(query);
      const config = { kind: 'latencyOver', threshold: 0.5, ...settings, canary: side, baseline: side };
      const outcome = await source.measure(metricRequest('plugin', config));
      expect(outcome.metadata).to.deep.include({ canary: '10 of 100', baseline: '10 of 100' });
    });
  }

  it('tells of a query without the label that clusters it', async () => {
    const side = { events: prometheus('canary:failed'), total: prometheus('canary:all') };
    const config = { kind: 'errorRate', clusterBy: 'pod', canary: side, baseline: side };
    const outcome = await source.measure(metricRequest('plugin', config));
    expect(outcome.metadata?.['trouble']).to.equal('canary: events: gave no numbers by cluster');
  });

  it('looks again no earlier than an interval later, though times are stored in whole seconds', async () => {
    const outcome = await compare({ web: { url: `${address}/side` } }, { web: { url: `${address}/side` } });
    expect(outcome).to.deep.include({ kind: 'running', resumeAt: instantOf(Date.UTC(2026, 0, 1, 0, 1, 1)) });
  });

  const troubles: readonly (readonly [query: string, trouble: string])[] = [
    ['two:series', 'canary: events: gave 2 values instead of one'],
    ['not:finite', 'canary: events: gave NaN instead of a number'],
  ];
  for (const [query, trouble] of troubles) {
    it(`tells of an answer that is no count: ${query}`, async () => {
      const outcome = await compare({ events: prometheus(query), total: prometheus('canary:all') }, quiet());
      expect(outcome.metadata).to.deep.include({ trouble, looks: '0' });
    });
  }

  it('tells which source does not answer, or is none', async () => {
    const nobody = await compare({ web: { url: 'http://127.0.0.1:1/' } }, quiet());
    expect(nobody.metadata?.['trouble']).to.match(/^canary: .*(ECONNREFUSED|fetch failed|bad port)/);
    const unknown = await compare({ crystalBall: {} }, quiet());
    expect(unknown.metadata?.['trouble']).to.equal('canary: metric provider "crystalBall" is not supported');
  });
});
