import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import type { WatchEvent } from '#ports/kube.js';
import { createRealClock } from '#runtime/clock.js';
import { createManualClock } from '#test/fakes/manual-clock.js';
import { type Connection, createCredentials } from './credentials.js';
import { createKubeHttp, type KubeHttp } from './kube-http.js';

type Handler = (request: IncomingMessage & { readonly text: string }, response: ServerResponse) => unknown;

const key = { kind: kinds.configMap, namespace: 'shop', name: 'a' };
const object = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'shop', name: 'a', resourceVersion: '7' },
};

describe('kube-http', () => {
  let server: Server;
  let kube: KubeHttp;
  let handler: Handler;
  let tokens: string[];
  let reloads: number;
  const slept: number[] = [];
  const requests: { method: string; url: string; text: string; headers: IncomingMessage['headers'] }[] = [];

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        requests.push({
          method: request.method ?? '',
          url: request.url ?? '',
          text,
          headers: request.headers,
        });
        handler(Object.assign(request, { text }), response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  beforeEach(() => {
    tokens = ['first', 'second'];
    reloads = 0;
    slept.length = 0;
    requests.length = 0;
    const { port } = server.address() as AddressInfo;
    const connection = (): Connection => ({
      server: `http://127.0.0.1:${port}`,
      headers: { authorization: `Bearer ${tokens[0]}` },
      tls: {},
    });
    const source = {
      load: async () => connection(),
      reload: async () => {
        reloads++;
        tokens.shift();
        return connection();
      },
    };
    kube = createKubeHttp({
      credentials: createCredentials(source, createRealClock()),
      clock: createRealClock(),
      userAgent: 'sluice/test',
      random: () => 0,
      sleep: async (ms) => void slept.push(ms),
      timeoutMs: 2000,
    });
  });

  afterEach(() => kube.close());
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const answer = (response: ServerResponse, status: number, body: unknown, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  const status = (code: number, reason: string, message: string, details = {}) => ({
    kind: 'Status',
    apiVersion: 'v1',
    code,
    reason,
    message,
    details,
  });
  const failure = async (work: Promise<unknown>): Promise<AppError> => {
    const thrown = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(thrown).to.be.instanceOf(AppError);
    return thrown as AppError;
  };

  it('says who it is and reads an object', async () => {
    handler = (_request, response) => answer(response, 200, object);
    expect(await kube.get(key)).to.deep.equal(object);
    expect(requests[0]?.url).to.equal('/api/v1/namespaces/shop/configmaps/a');
    expect(requests[0]?.headers).to.include({ 'user-agent': 'sluice/test', authorization: 'Bearer first' });
  });

  it('gives undefined for an object that is not there, and an error for a kind that is not', async () => {
    handler = (_request, response) =>
      answer(response, 404, status(404, 'NotFound', 'configmaps "a" not found'));
    expect(await kube.get(key)).to.equal(undefined);
    expect(await kube.delete(key)).to.equal(false);
    handler = (_request, response) => response.writeHead(404).end('404 page not found\n');
    expect((await failure(kube.get(key))).code).to.equal('KubeNoSuchKind');
  });

  it('maps refusals to codes with the message of the server', async () => {
    const refusals: [number, object, string][] = [
      [403, status(403, 'Forbidden', 'no'), 'KubeForbidden'],
      [409, status(409, 'AlreadyExists', 'there'), 'KubeAlreadyExists'],
      [409, status(409, 'Conflict', 'stale'), 'KubeConflict'],
      [
        409,
        status(409, 'Conflict', 'held', { causes: [{ reason: 'FieldManagerConflict' }] }),
        'KubeApplyConflict',
      ],
      [422, status(422, 'Invalid', 'bad'), 'KubeInvalid'],
      [400, status(400, 'BadRequest', 'bad'), 'KubeBadRequest'],
      [500, status(500, 'InternalError', 'oops'), 'KubeUnavailable'],
      [500, status(500, 'InternalError', 'failed calling webhook "a": oops'), 'KubeWebhookFailed'],
      [500, status(500, '', 'admission webhook "a" denied the request: oops'), 'KubeWebhookFailed'],
    ];
    for (const [code, body, expected] of refusals) {
      handler = (_request, response) => answer(response, code, body);
      const error = await failure(kube.patch(key, { type: 'merge', body: {} }));
      expect(error.code).to.equal(expected);
      expect(error.message).to.match(/^ConfigMap\/shop\/a: (no|there|stale|held|bad|.*oops)$/);
    }
  });

  it('sends each kind of patch under its type, with manager, force and dry run', async () => {
    handler = (_request, response) => answer(response, 200, object);
    await kube.patch(key, { type: 'apply', body: object, force: true }, { fieldManager: 'me', dryRun: true });
    await kube.patch(key, { type: 'json', body: [] }, { subresource: 'status' });
    const [apply, json] = requests;
    expect(apply?.headers['content-type']).to.equal('application/apply-patch+yaml');
    expect(apply?.url).to.match(/\?fieldManager=me&dryRun=All&force=true$/);
    expect(json?.headers['content-type']).to.equal('application/json-patch+json');
    expect(json?.url).to.equal('/api/v1/namespaces/shop/configmaps/a/status?fieldManager=sluice');
  });

  it('deletes with preconditions and policy', async () => {
    handler = (_request, response) => answer(response, 200, status(200, '', ''));
    expect(await kube.delete(key, { uid: 'u', propagationPolicy: 'Foreground' })).to.equal(true);
    expect(JSON.parse(requests[0]?.text ?? '')).to.deep.include({
      preconditions: { uid: 'u' },
      propagationPolicy: 'Foreground',
    });
  });

  it('asks for pages of 500, and gives items their kind', async () => {
    const items = [{ metadata: { name: 'a' }, data: { x: 'y' } }];
    handler = (_request, response) =>
      answer(response, 200, { metadata: { resourceVersion: '9', continue: 'more' }, items });
    const page = await kube.list(kinds.configMap, { namespace: 'shop' });
    expect(requests[0]?.url).to.equal('/api/v1/namespaces/shop/configmaps?limit=250');
    expect(page).to.deep.equal({
      resourceVersion: '9',
      continue: 'more',
      items: [{ apiVersion: 'v1', kind: 'ConfigMap', ...items[0] }],
    });
    const [bare] = (await kube.list(kinds.configMap, { metadataOnly: true })).items;
    expect(bare).to.deep.equal({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    expect(requests[1]?.headers.accept).to.match(/as=PartialObjectMetadataList/);
  });

  it('renews refused credentials once and goes on', async () => {
    handler = (request, response) =>
      request.headers.authorization === 'Bearer second'
        ? answer(response, 200, object)
        : response.writeHead(401).end();
    await Promise.all([kube.get(key), kube.get(key), kube.get(key)]);
    expect(reloads).to.equal(1);
    tokens = ['wrong', 'wrong'];
    handler = (_request, response) => response.writeHead(401).end();
    expect((await failure(kube.get(key))).code).to.equal('KubeUnauthorized');
  });

  it('honours Retry-After once, for writes too, and tells how long to wait after that', async () => {
    let left = 1;
    handler = (_request, response) =>
      left-- > 0 ? response.writeHead(429, { 'retry-after': '3' }).end() : answer(response, 201, object);
    await kube.create(kinds.configMap, object);
    expect(slept).to.deep.equal([3000]);
    left = 2;
    const error = await failure(kube.create(kinds.configMap, object));
    expect([error.code, error.retryAfterMs]).to.deep.equal(['KubeThrottled', 3000]);
    expect(requests).to.have.length(4);
  });

  it('tries reads again after a broken connection, but never writes', async () => {
    let left = 2;
    handler = (request, response) => (left-- > 0 ? request.socket.destroy() : answer(response, 200, object));
    expect(await kube.get(key)).to.deep.equal(object);
    left = 1;
    expect((await failure(kube.create(kinds.configMap, object))).code).to.equal('KubeUnreachable');
    expect(requests).to.have.length(4);
  });

  it('gives up on a server that does not answer', async () => {
    handler = () => undefined;
    const slow = createKubeHttp({
      credentials: createCredentials(
        { load: async () => connectionTo(server), reload: async () => connectionTo(server) },
        createRealClock(),
      ),
      clock: createRealClock(),
      userAgent: 'sluice/test',
      timeoutMs: 50,
    });
    expect((await failure(slow.create(kinds.configMap, object))).code).to.equal('KubeTimeout');
    await slow.close();
    expect((await failure(slow.get(key))).code).to.equal('ShuttingDown');
  });

  it('spreads requests beyond the burst, and lets lease renewals pass', async () => {
    handler = (_request, response) => answer(response, 200, object);
    const limited = createKubeHttp({
      credentials: createCredentials(
        { load: async () => connectionTo(server), reload: async () => connectionTo(server) },
        createRealClock(),
      ),
      clock: createManualClock(),
      qps: 10,
      burst: 2,
      userAgent: 'sluice/test',
      sleep: async (ms) => void slept.push(ms),
    });
    for (let i = 0; i < 4; i++) await limited.get(key);
    for (let i = 0; i < 4; i++) await limited.unlimited.get(key);
    expect(slept).to.deep.equal([100, 200]);
    // Neither events nor the cluster's objects hold back our own kinds.
    for (let i = 0; i < 2; i++) await limited.get({ ...key, kind: kinds.event });
    for (let i = 0; i < 2; i++) await limited.get({ ...key, kind: kinds.rollout });
    expect(slept).to.deep.equal([100, 200]);
    await limited.close();
  });

  it('knows what is served, and asks again for what was not', async () => {
    const clock = createManualClock();
    const discovering = createKubeHttp({
      credentials: createCredentials(
        { load: async () => connectionTo(server), reload: async () => connectionTo(server) },
        clock,
      ),
      clock,
      userAgent: 'sluice/test',
    });
    const resources = [
      { name: 'rollouts', kind: 'Rollout', namespaced: true },
      { name: 'rollouts/status', kind: 'Rollout', namespaced: true },
    ];
    handler = (_request, response) => answer(response, 200, { resources });
    expect(await discovering.resolve('argoproj.io/v1alpha1', 'Rollout')).to.deep.equal(kinds.rollout);
    expect(await discovering.resolve('argoproj.io/v1alpha1', 'Experiment')).to.equal(undefined);
    expect(requests.map(({ url }) => url)).to.deep.equal(['/apis/argoproj.io/v1alpha1']);
    await clock.advance(5000);
    expect(await discovering.resolve('argoproj.io/v1alpha1', 'Experiment')).to.equal(undefined);
    await discovering.resolve('argoproj.io/v1alpha1', 'Rollout');
    expect(requests).to.have.length(2);
    await discovering.close();
  });

  describe('watch', () => {
    const options = () => ({
      resourceVersion: '5',
      timeoutSeconds: 290,
      signal: new AbortController().signal,
    });
    const line = (type: string, body: unknown) => `${JSON.stringify({ type, object: body })}\n`;
    const collect = async (events: AsyncIterable<WatchEvent>) => {
      const seen: WatchEvent[] = [];
      for await (const event of events) seen.push(event);
      return seen;
    };

    it('asks for bookmarks and reads events however they are cut into chunks', async () => {
      const named = { ...object, data: { text: 'zwölf' } };
      const bytes = Buffer.from(
        line('ADDED', named) +
          line('BOOKMARK', { metadata: { resourceVersion: '90' } }) +
          line('DELETED', named),
      );
      handler = async (_request, response) => {
        response.writeHead(200);
        for (let at = 0; at < bytes.length; at += 7) {
          response.write(bytes.subarray(at, at + 7));
          await new Promise((resolve) => setImmediate(resolve));
        }
        response.end();
      };
      const seen = await collect(kube.watch(kinds.configMap, options()));
      expect(requests[0]?.url).to.equal(
        '/api/v1/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=290',
      );
      expect(seen).to.deep.equal([
        { type: 'ADDED', object: named },
        { type: 'BOOKMARK', resourceVersion: '90' },
        { type: 'DELETED', object: named },
      ]);
    });

    it('reports a version that is too old, in the stream and as an answer', async () => {
      handler = (_request, response) =>
        response.writeHead(200).end(line('ERROR', status(410, 'Expired', 'too old')));
      expect(await collect(kube.watch(kinds.configMap, options()))).to.deep.equal([
        { type: 'ERROR', code: 410, message: 'too old' },
      ]);
      handler = (_request, response) => answer(response, 410, status(410, 'Expired', 'too old'));
      expect((await failure(collect(kube.watch(kinds.configMap, options())))).code).to.equal('KubeGone');
    });

    it('fails when the connection breaks or an event is cut off', async () => {
      handler = (_request, response) => {
        response.writeHead(200);
        response.write(line('ADDED', object), () => response.destroy());
      };
      expect((await failure(collect(kube.watch(kinds.configMap, options())))).code).to.equal(
        'KubeUnreachable',
      );
      handler = (_request, response) => response.writeHead(200).end('{"type":"ADD');
      expect((await failure(collect(kube.watch(kinds.configMap, options())))).code).to.equal(
        'KubeUnreachable',
      );
      handler = (_request, response) => response.writeHead(200).end('not json\n');
      expect((await failure(collect(kube.watch(kinds.configMap, options())))).code).to.equal(
        'KubeUnavailable',
      );
    });

    it('ends quietly when it is aborted, and frees its connection', async () => {
      const abort = new AbortController();
      const closed = new Promise<void>((resolve) => {
        handler = (request, response) => {
          request.socket.once('close', resolve);
          response.writeHead(200);
          response.write(line('ADDED', object));
        };
      });
      for await (const event of kube.watch(kinds.configMap, { ...options(), signal: abort.signal })) {
        expect(event.type).to.equal('ADDED');
        abort.abort();
      }
      await closed;
    });

    it('does not hold up requests, however many watches are open', async () => {
      const abort = new AbortController();
      setMaxListeners(0, abort.signal);
      handler = (request, response) => {
        if (request.url?.includes('watch=true') === true)
          response.writeHead(200).write(line('ADDED', object));
        else answer(response, 200, object);
      };
      const watches = Array.from({ length: 20 }, () =>
        kube.watch(kinds.configMap, { ...options(), signal: abort.signal })[Symbol.asyncIterator](),
      );
      await Promise.all(watches.map((watch) => watch.next()));
      expect(await kube.get(key)).to.deep.equal(object);
      abort.abort();
      await Promise.all(watches.map((watch) => watch.next()));
    });
  });
});

function connectionTo(server: Server): Connection {
  const { port } = server.address() as AddressInfo;
  return { server: `http://127.0.0.1:${port}`, headers: {}, tls: {} };
}
