import { expect } from 'chai';
import { type Connection, createCredentials } from '#adapters/kube-http/credentials.js';
import { createKubeHttp, type KubeHttp } from '#adapters/kube-http/kube-http.js';
import { AppError } from '#ports/errors.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { createRealClock } from '#runtime/clock.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createKubernetesSource } from '#adapters/metrics/kubernetes/source.js';

const namespace = '/namespaces/shop';
const external = `/apis/external.metrics.k8s.io/v1beta1${namespace}`;
const custom = (version: string): string => `/apis/custom.metrics.k8s.io/${version}${namespace}`;

describe('metric source kubernetes', () => {
  let server: FakeHttpServer;
  let kube: KubeHttp;
  before(async () => {
    server = await FakeHttpServer.start();
    const connection: Connection = { server: server.url, headers: {}, tls: {} };
    const clock = createRealClock();
    kube = createKubeHttp({
      credentials: createCredentials(
        { load: () => Promise.resolve(connection), reload: () => Promise.resolve(connection) },
        clock,
      ),
      clock,
      userAgent: 'sluice/test',
      random: () => 0,
      sleep: () => Promise.resolve(),
      timeoutMs: 2000,
    });
  });
  beforeEach(() => server.seen.splice(0));
  after(async () => {
    await kube.close();
    await server.stop();
  });

  const measure = (provider: object): Promise<MetricOutcome> =>
    createKubernetesSource({ clock: createRealClock(), env: {}, kube }).measure(
      metricRequest('kubernetes', provider),
    );
  const message = async (provider: object): Promise<string> => {
    const outcome = await measure(provider);
    return outcome.kind === 'error' ? outcome.message : outcome.kind;
  };
  const answering = (status: number, body: unknown): void => {
    server.answer = (_, response) => sendJson(response, status, body);
  };
  const values = (...list: unknown[]): object => ({
    kind: 'ExternalMetricValueList',
    metadata: {},
    items: list.map((value) => ({ metricName: 'queue', timestamp: '2026-01-01T00:00:00Z', value })),
  });
  const plain = (outcome: MetricOutcome): object =>
    outcome.kind === 'value' && outcome.result instanceof Float64Array
      ? { ...outcome, result: [...outcome.result] }
      : outcome;
  const queue = { external: { metric: { name: 'queue' } } };

  it('asks the external metrics API in the namespace of the run', async () => {
    answering(200, values('1500m', '2k', '3', '1Ki', '-1'));
    const selector = { matchLabels: { verb: 'GET' } };
    expect(plain(await measure({ external: { metric: { name: 'queue', selector } } }))).to.deep.equal({
      kind: 'value',
      result: [1.5, 2000, 3, 1024, -1],
      value: '[1.5,2000,3,1024,-1]',
    });
    const url = new URL(server.seen[0]?.path ?? '', server.url);
    expect(url.pathname).to.equal(`${external}/queue`);
    expect(url.searchParams.get('labelSelector')).to.equal('verb=GET');
  });

  it('asks for all pods of a selector', async () => {
    answering(200, values('10', '250m'));
    const selector = { matchLabels: { app: 'web' } };
    expect(plain(await measure({ pods: { selector, metric: { name: 'rps' } } }))).to.deep.include({
      value: '[10,0.25]',
    });
    const url = new URL(server.seen[0]?.path ?? '', server.url);
    expect(url.pathname).to.equal(`${custom('v1beta2')}/pods/*/rps`);
    expect(url.searchParams.get('labelSelector')).to.equal('app=web');
  });

  it('asks for one object, and takes an older version of the API when there is no newer one', async () => {
    const resources = [{ name: 'ingresses', kind: 'Ingress', namespaced: true, verbs: ['get'] }];
    server.answer = ({ path }, response) => {
      const { pathname } = new URL(path, server.url);
      if (pathname === '/apis/networking.k8s.io/v1') sendJson(response, 200, { resources });
      else if (pathname.startsWith(custom('v1beta1'))) sendJson(response, 200, values('12500m'));
      else sendJson(response, 404, 'no such version');
    };
    const describedObject = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'main' };
    expect(await measure({ object: { describedObject, metric: { name: 'rps' } } })).to.deep.equal({
      kind: 'value',
      result: 12.5,
      value: '12.5',
    });
    expect(new URL(server.seen.at(-1)?.path ?? '', server.url).pathname).to.equal(
      `${custom('v1beta1')}/ingresses.networking.k8s.io/main/rps`,
    );
  });

  it('is an empty list without values', async () => {
    answering(200, values());
    expect(plain(await measure(queue))).to.deep.equal({ kind: 'value', result: [], value: '[]' });
  });

  it('is an error for what is no quantity, NaN and infinities too', async () => {
    for (const value of ['NaN', '+Inf', '', 'many', null]) {
      answering(200, values(value));
      expect(await message(queue)).to.equal(`${JSON.stringify(value)} is no quantity`);
    }
  });

  for (const [what, status, body, expected] of [
    ['no right', 403, { kind: 'Status', message: 'may not' }, /may not$/],
    ['no such metric', 404, { kind: 'Status', message: 'not there' }, /not there$/],
    ['a refusal to know it', 401, '', /401/],
  ] as const) {
    it(`makes an error of ${what}`, async () => {
      server.answer = (_, response) => {
        response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      };
      expect(await message(queue)).to.match(expected);
    });
  }

  // What kube-http makes of these answers, after its own retries, is shown beside it.
  for (const [code, said] of [
    ['KubeThrottled', 'too many requests'],
    ['KubeUnavailable', 'no backend'],
    ['KubeTimeout', 'no answer in time'],
  ] as const) {
    it(`makes an error of ${code}`, async () => {
      const list = (): Promise<never> => Promise.reject(new AppError(code, said));
      const failing = new Proxy(kube, {
        get: (target, field) => (field === 'list' ? list : Reflect.get(target, field)),
      });
      const source = createKubernetesSource({ clock: createRealClock(), env: {}, kube: failing });
      expect(await source.measure(metricRequest('kubernetes', queue))).to.deep.equal({
        kind: 'error',
        message: said,
      });
    });
  }

  it('needs one question', async () => {
    for (const provider of [{}, { ...queue, pods: { metric: { name: 'x' } } }]) {
      expect(await message(provider)).to.equal('kubernetes needs one of external, pods and object');
    }
    const describedObject = { apiVersion: 'v9', kind: 'None', name: 'x' };
    answering(404, 'no');
    expect(await message({ object: { describedObject, metric: { name: 'x' } } })).to.match(
      /the cluster serves no None of v9|no$/,
    );
  });
});
