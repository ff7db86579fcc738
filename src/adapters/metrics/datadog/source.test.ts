import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createDatadogSource } from './source.js';

const now = instantOf(Date.UTC(2026, 0, 1));
const clock = { now: () => now, schedule: () => () => undefined };
const seconds = now / 1000;
type Data = Readonly<Record<string, string>>;

const missing = (name: string): AppError => new AppError('KubeNotFound', `secrets "${name}" not found`);

describe('metric source datadog', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());

  interface World {
    readonly env?: Data;
    /** Secrets beside the controller. */
    readonly secrets?: Readonly<Record<string, Data>>;
    /** Secrets of the run's namespace. */
    readonly own?: Readonly<Record<string, Data>>;
  }

  const keys = (): Data => ({ 'api-key': 'k-api', 'app-key': 'k-app', address: server.url });

  async function measure(provider: object, world: World = {}): Promise<MetricOutcome> {
    const { env = {}, secrets = { datadog: keys() }, own = {} } = world;
    const source = createDatadogSource({
      clock,
      env,
      readSecret: async (name) => secrets[name] ?? (await Promise.reject(missing(name))),
    });
    const readSecret = async (name: string, key: string): Promise<string> =>
      own[name]?.[key] ?? (await Promise.reject(missing(name)));
    return source.measure({ ...metricRequest('datadog', provider), readSecret });
  }

  const answering = (status: number, body: unknown): void => {
    server.answer = (_, response) => sendJson(response, status, body);
  };
  const message = async (provider: object, world?: World): Promise<string> => {
    const outcome = await measure(provider, world);
    return outcome.kind === 'error' ? outcome.message : outcome.kind;
  };
  const v2 = (...columns: object[]): object => ({ data: { attributes: { columns } } });
  const plain = (outcome: MetricOutcome): object =>
    outcome.kind === 'value' && outcome.result instanceof Float64Array
      ? { ...outcome, result: [...outcome.result] }
      : outcome;

  describe('v1', () => {
    it('asks for the window until now and takes the last point of the first series', async () => {
      answering(200, {
        series: [
          {
            pointlist: [
              [1, 0.5],
              [2, 0.0006],
            ],
          },
          { pointlist: [[1, 9]] },
        ],
      });
      expect(await measure({ query: 'avg:x{a:b}', interval: '10m' })).to.deep.equal({
        kind: 'value',
        result: 0.0006,
        value: '0.0006',
      });
      const [seen] = server.seen;
      const url = new URL(seen?.path ?? '', server.url);
      expect(seen?.method).to.equal('GET');
      expect(url.pathname).to.equal('/api/v1/query');
      expect(Object.fromEntries(url.searchParams)).to.deep.equal({
        query: 'avg:x{a:b}',
        from: String(seconds - 600),
        to: String(seconds),
      });
      expect(seen?.headers).to.include({ 'dd-api-key': 'k-api', 'dd-application-key': 'k-app' });
    });

    it('looks back five minutes by default', async () => {
      answering(200, { series: [] });
      await measure({ query: 'x' });
      expect(server.seen[0]?.path).to.include(`from=${seconds - 300}`);
    });
  });

  describe('v2', () => {
    const ask = (rest: object = {}) => measure({ apiVersion: 'v2', query: 'avg:x{*}', ...rest });

    it('posts a lone query under the name query, with the last value', async () => {
      answering(200, v2({ name: 'query', type: 'number', values: [0.25, 7] }));
      expect(await ask()).to.deep.equal({ kind: 'value', result: 0.25, value: '0.25' });
      const [seen] = server.seen;
      expect(seen).to.deep.include({ method: 'POST', path: '/api/v2/query/scalar' });
      expect(JSON.parse(seen?.body ?? '')).to.deep.equal({
        data: {
          type: 'scalar_request',
          attributes: {
            from: (seconds - 300) * 1000,
            to: seconds * 1000,
            queries: [{ aggregator: 'last', data_source: 'metrics', name: 'query', query: 'avg:x{*}' }],
            formulas: [],
          },
        },
      });
    });

    it('posts queries with their formula and aggregator', async () => {
      answering(200, v2({ values: [1e30] }));
      expect(
        await ask({ query: '', queries: { a: 'qa', b: 'qb' }, formula: 'a / b', aggregator: 'max' }),
      ).to.deep.include({ value: `1${'0'.repeat(30)}` });
      expect(JSON.parse(server.seen[0]?.body ?? '').data.attributes).to.deep.include({
        queries: [
          { aggregator: 'max', data_source: 'metrics', name: 'a', query: 'qa' },
          { aggregator: 'max', data_source: 'metrics', name: 'b', query: 'qb' },
        ],
        formulas: [{ formula: 'a / b' }],
      });
    });

    it('gives a list with groups, without those that have no data, for one group too', async () => {
      const groups = { name: 'host', type: 'group', values: [['a'], ['b', 'b2'], ['c']] };
      const zones = { name: 'zone', type: 'group', values: [['z1'], ['z2'], ['z3']] };
      answering(200, v2(groups, zones, { name: 'q', type: 'number', values: [1.5, 2, null] }));
      expect(plain(await ask())).to.deep.equal({
        kind: 'value',
        result: [1.5, 2],
        value: '[1.5,2]',
        metadata: { groups: '[{"name":"a,z1","value":1.5},{"name":"b,b2,z2","value":2}]' },
      });
      answering(200, v2({ type: 'group', values: [['a']] }, { type: 'number', values: [3] }));
      expect(plain(await ask())).to.deep.include({ result: [3], value: '[3]' });
    });

    it('keeps the 50 lowest and the 50 highest of more than 100 groups in the metadata', async () => {
      const values = Array.from({ length: 120 }, (_, i) => i);
      answering(200, v2({ type: 'group', values: values.map((i) => [`h${i}`]) }, { type: 'number', values }));
      const outcome = await ask();
      expect(outcome.metadata?.['groups_truncated']).to.equal('true');
      const kept = JSON.parse(outcome.metadata?.['groups'] ?? '[]').map(({ value }: any) => value);
      expect(kept).to.deep.equal([...values.slice(0, 50), ...values.slice(70)]);
      expect(plain(outcome)).to.deep.include({ result: values });
    });

    it('is an error for what is no number, a group without label, and errors in the answer', async () => {
      const problem = async (body: object): Promise<string> => {
        answering(200, body);
        return message({ apiVersion: 'v2', query: 'x' });
      };
      expect(await problem(v2({ name: 'q', type: 'number', values: ['x'] }))).to.match(
        /^could not parse numeric value .+ in column "q"/,
      );
      expect(await problem(v2({ type: 'group', values: [] }, { type: 'number', values: [1] }))).to.equal(
        'could not parse group label at index 0',
      );
    });
  });

  describe('credentials', () => {
    const nothing = { secrets: {} };
    const env = (): Data => ({ DD_API_KEY: 'e', DD_APP_KEY: 'f', DD_ADDRESS: server.url });
    beforeEach(() => answering(200, { series: [{ pointlist: [[1, 1]] }] }));
    const keyFor = async (provider: object, world: World): Promise<unknown> => {
      await measure({ query: 'x', ...provider }, world);
      return server.seen.at(-1)?.headers['dd-api-key'];
    };

    it('are those of the environment when it has all three, else of the Secret datadog', async () => {
      expect(await keyFor({}, { env: env() })).to.equal('e');
      const { DD_ADDRESS: _, ...part } = env();
      expect(await keyFor({}, { env: part })).to.equal('k-api');
    });

    it('are those of the Secret that is named, of the namespace that is meant', async () => {
      const named = { mine: { ...keys(), 'api-key': 'm' } };
      expect(await keyFor({ secretRef: { name: 'mine' } }, { env: env(), secrets: named })).to.equal('m');
      expect(
        await keyFor({ secretRef: { name: 'mine', namespaced: true } }, { ...nothing, own: named }),
      ).to.equal('m');
    });

    it('are no others when the named Secret is not there', async () => {
      const failed = /^failed to find the credentials for datadog metrics provider/;
      expect(await message({ query: 'x', secretRef: { name: 'mine' } }, { env: env() })).to.match(failed);
      expect(await message({ query: 'x' }, nothing)).to.match(failed);
      expect(await message({ query: 'x' }, { secrets: { datadog: { 'api-key': 'k' } } })).to.match(failed);
      expect(await message({ query: 'x', secretRef: { namespaced: true } })).to.equal(
        'secret name is required for namespaced credentials',
      );
    });
  });

  const review = 'Please review the Analysis Template.';
  for (const [provider, expected] of [
    [{}, `Must have either a query or queries. ${review}`],
    [{ query: 'x', queries: { a: 'y' } }, `Cannot have both a query and queries. ${review}`],
    [
      { queries: { a: 'y' } },
      'Query is empty. API Version v1 only supports using the query parameter in your Analysis Template.',
    ],
    [{ query: 'x', aggregator: 'sum' }, `Aggregator is not supported in v1. ${review}`],
    [
      { apiVersion: 'v2', query: 'x', formula: 'a' },
      `Formula are only valid when queries are set. ${review}`,
    ],
    [
      { apiVersion: 'v2', queries: { a: 'x', b: 'y' } },
      'When multiple queries are provided you must include a formula.',
    ],
    [
      { query: 'x', requestTimeout: 'soon' },
      `Could not parse the request timeout: time: invalid duration "soon". ${review}`,
    ],
    [
      { query: 'x', requestTimeout: '-1s' },
      `Request timeout must be a positive duration (e.g. 30s). ${review}`,
    ],
    [{ query: 'x', interval: '5' }, 'time: missing unit in duration "5"'],
  ] as const) {
    it(`refuses ${JSON.stringify(provider)}`, async () => {
      expect(await message(provider)).to.equal(expected);
      expect(server.seen).to.deep.equal([]);
    });
  }

  it('waits as long as the metric says', async () => {
    server.answer = () => undefined;
    expect(await message({ query: 'x', requestTimeout: '50ms' })).to.equal('no answer within 0.05s');
  });
});
