import { expect } from 'chai';
import type { MetricOutcome } from '#ports/metric-source.js';
import { instantOf } from '#core/time/instant.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createGraphiteSource } from './source.js';

const clock = { now: () => instantOf(0), schedule: () => () => undefined };

describe('graphite source', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());

  const measure = (provider: object, signal?: AbortSignal): Promise<MetricOutcome> =>
    createGraphiteSource({ clock, env: {} }).measure(
      metricRequest('graphite', provider, signal === undefined ? {} : { signal }),
    );
  const query = () => measure({ address: server.url, query: 'target=a' });
  const answering = (status: number, body: unknown): void => {
    server.answer = (_, response) => sendJson(response, status, body);
  };
  const value = async () => {
    const outcome = await query();
    if (outcome.kind !== 'value') return outcome;
    return [[...(outcome.result as Float64Array)], outcome.value, outcome.keepsValue];
  };

  it('asks render for JSON, without any white space of the query', async () => {
    answering(200, [{ target: 'a', datapoints: [[10, 1]] }]);
    await measure({
      address: `${server.url}/graphite/`,
      query: 'target=summarize(\n  a.b,  "5min")\n&from=-5min',
    });
    const url = new URL(server.seen[0]?.path ?? '', server.url);
    expect([server.seen[0]?.method, url.pathname]).to.deep.equal(['GET', '/graphite/render']);
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({
      target: 'summarize(a.b,"5min")',
      from: '-5min',
      format: 'json',
    });
  });

  it('gives the points of the first target with six decimals, those without value left out', async () => {
    answering(200, [
      {
        datapoints: [
          [10, 1],
          [null, 2],
          [0.0078125, 3],
          ['1.5', '4'],
        ],
      },
      { datapoints: [[99, 1]] },
    ]);
    expect(await value()).to.deep.equal([[10, 0.0078125, 1.5], '[10.000000,0.007812,1.500000]', true]);
  });

  const failures: readonly (readonly [string, number, unknown, string])[] = [
    ['a point that is none', 200, [{ datapoints: [[1]] }], 'error unmarshaling data point: [1]'],
    ['a value that is none', 200, [{ datapoints: [[true, 1]] }], 'error unmarshaling value: true'],
    [
      'a text that is no value',
      200,
      [{ datapoints: [['x', 1]] }],
      'strconv.ParseFloat: parsing "x": invalid syntax',
    ],
    ['a time that is none', 200, [{ datapoints: [[7, true]] }], 'error unmarshaling timestamp: 7'],
    [
      'a text that is no time',
      200,
      [{ datapoints: [[7, 'x']] }],
      'strconv.ParseInt: parsing "x": invalid syntax',
    ],
  ];
  for (const [what, status, body, message] of failures) {
    it(`makes an error of ${what}`, async () => {
      answering(status, body);
      expect(await query()).to.deep.equal({ kind: 'error', message });
    });
  }

  it('names an address that is none', async () => {
    expect(await measure({ address: '', query: 'target=a' })).to.deep.equal({
      kind: 'error',
      message: 'Graphite address  is not a valid URL',
    });
  });
});
