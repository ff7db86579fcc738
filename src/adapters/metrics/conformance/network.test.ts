import { expect } from 'chai';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpProxy } from '#test/fakes/http-proxy.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
import { createHttpClient } from '../http/call.js';
import { createGuard, deniedByDefault } from '../http/client/guard.js';
import { answerWith, expectOutcome, measure, nameOf, subjects } from './bench.js';

/** A name that only the proxy knows. */
const host = 'metrics.example.test';

describe('every metric source, on its way to the backend', () => {
  let server: FakeHttpServer;
  let proxy: FakeHttpProxy;
  before(async () => {
    server = await FakeHttpServer.start();
    proxy = await FakeHttpProxy.start(() => Number(new URL(server.url).port));
  });
  beforeEach(() => {
    proxy.seen.splice(0);
    server.connections.clear();
  });
  after(async () => {
    await proxy.stop();
    await server.stop();
  });

  for (const subject of subjects) {
    const [body, expected] = subject.healthy;

    it(`goes through the proxy of the environment: ${nameOf(subject)}`, async () => {
      answerWith(server, body);
      const http = createHttpClient({ env: { HTTP_PROXY: proxy.url } });
      expectOutcome(await measure(subject, `http://${host}`, { http }), expected);
      expect(proxy.seen).not.to.deep.equal([]);
      for (const asked of proxy.seen) expect(asked).to.match(new RegExp(`^(GET|POST) http://${host}/`));
    });

    it(`does not ask the machine for its credentials: ${nameOf(subject)}`, async () => {
      const http = createHttpClient({ env: {}, guard: createGuard(deniedByDefault) });
      const message =
        '169.254.169.254 must not be asked: it is on the list of denied addresses of the controller';
      expectOutcome(await measure(subject, 'http://169.254.169.254', { http }), { message });
    });

    it(`needs no more than ten connections for fifty measurements at once: ${nameOf(subject)}`, async () => {
      answerWith(server, body);
      const http = createHttpClient({ env: {} });
      const fifty = (): Promise<MetricOutcome[]> =>
        Promise.all(Array.from({ length: 50 }, () => measure(subject, server.url, { http })));
      for (const outcome of [...(await fifty()), ...(await fifty())]) expectOutcome(outcome, expected);
      expect(server.connections.size).to.be.within(1, 10);
    });
  }
});
