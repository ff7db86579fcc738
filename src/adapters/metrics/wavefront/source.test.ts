import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createWavefrontSource } from './source.js';

const now = instantOf(Date.UTC(2026, 0, 1));
const clock = { now: () => now, schedule: () => () => undefined };
const seconds = now / 1000;

describe('metric source wavefront', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());

  function measure(address = server.url, signal = new AbortController().signal): Promise<MetricOutcome> {
    const tokens: Readonly<Record<string, string>> = { [server.url]: 't-secret', 'x y': 'u' };
    const source = createWavefrontSource({ clock, env: {}, readSecret: () => Promise.resolve(tokens) });
    return source.measure(metricRequest('wavefront', { address, query: 'ts(a, b="c")' }, { signal }));
  }
  const answering = (status: number, body: unknown): void => {
    server.answer = (_, response) => {
      response.setHeader('retry-after', '7');
      sendJson(response, status, body);
    };
  };
  const series = (...data: unknown[]): object => ({ data });
  const message = async (address?: string): Promise<string> => {
    const outcome = await measure(address);
    return outcome.kind === 'error' ? outcome.message : outcome.kind;
  };

  it('asks for one point of this instant, points outside of it allowed', async () => {
    answering(200, { timeseries: [series([seconds, 1.255])] });
    await measure();
    const [seen] = server.seen;
    const url = new URL(seen?.path ?? '', server.url);
    expect(url.pathname).to.equal('/api/v2/chart/api');
    const instant = String(seconds * 1000);
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({
      q: 'ts(a, b="c")',
      s: instant,
      e: instant,
      g: 's',
      p: '1',
      i: 'true',
      strict: 'false',
    });
    expect(seen?.headers.authorization).to.equal('Bearer t-secret');
  });

  it('takes the point nearest to the start, with two decimals, its time and its distance', async () => {
    const data = [
      [seconds - 60, 1],
      [seconds - 5, 7.125],
      [seconds + 30, 2],
    ];
    answering(200, { timeseries: [series(...data)], warnings: 'slow' });
    expect(await measure()).to.deep.equal({
      kind: 'value',
      result: 7.125,
      value: '7.12',
      metadata: { timestamps: String(seconds - 5), drift: '-5', warnings: 'slow' },
    });
  });

  it('makes a list of several series', async () => {
    answering(200, { timeseries: [series([seconds, 1]), series([seconds - 2, 2]), series()] });
    const outcome = await measure();
    expect(outcome).to.deep.equal({
      kind: 'value',
      result: Float64Array.of(1, 2),
      value: '[1.00,2.00]',
      metadata: { timestamps: `[${seconds},${seconds - 2}]`, drift: '[0,-2]' },
    });
  });

  it('finds its token by the address', async () => {
    expect(await message('other.example.com')).to.equal('API token not found');
    expect(await message('x y')).to.equal('the address x y is no host name');
    expect(server.seen).to.deep.equal([]);
  });
});
