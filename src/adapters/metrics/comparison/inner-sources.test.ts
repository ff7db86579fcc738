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

/** What a query gives: the samples of an instant vector. */
const series: Readonly<Record<string, readonly string[]>> = {
  'canary:failed': ['9'],
  'canary:all': ['200'],
  'baseline:failed': [],
  'baseline:all': ['800'],
  'two:series': ['1', '2'],
  'not:finite': ['NaN'],
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
        const result = (series[query] ?? []).map((value) => ({ metric: {}, value: [1_767_225_600, value] }));
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
