import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';

/** An API server as one controller sees it: the real one, with the troubles that a test asks for. */
export interface ChaosProxy {
  readonly url: string;
  /** Writes that the API server stored, those of leases left out. */
  writes(): number;
  /** Called after each such write, when its answer is on its way. */
  onWrite: (count: number) => void;
  /** The next writes are refused with this status. */
  refuse(status: 409 | 429 | 500, times: number): void;
  /** The next writes are stored, and their answers never come. */
  swallow(times: number): void;
  /** Ends every connection, and takes no new one for a while. */
  cut(ms: number): Promise<void>;
  /** Ends every watch; with `isExpired` the next one of each is told that its version is too old. */
  closeWatches(isExpired: boolean): void;
  /** Watches say everything so much later. */
  lag(ms: number): void;
  /** From now on only this token opens the door. */
  rotate(token: string): void;
  stop(): Promise<void>;
}

type Methods = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const status = (code: number, reason: string) =>
  JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message: `chaos: ${reason}`,
  });

/** Whoever waits for an answer that was swallowed is told by the end of the connection. */
const swallowMs = 1000;

const reasons = { 409: 'Conflict', 429: 'TooManyRequests', 500: 'InternalError' } as const;

/** Stands before the cluster of a kubeconfig, on loopback and without TLS, until it is stopped. */
export async function startProxy(kubeconfig: string, firstToken: string): Promise<ChaosProxy> {
  const { server: target, headers, tls } = await (await loadKubeconfig({ path: kubeconfig })).load();
  const agent = new Agent({ connect: { ...tls }, bodyTimeout: 0, connections: 64 });
  const state = {
    token: firstToken,
    writes: 0,
    refusals: [] as (409 | 429 | 500)[],
    swallowed: 0,
    lagMs: 0,
    isCut: false,
    expired: new Set<string>(),
  };
  const sockets = new Set<Socket>();
  const watches = new Set<ServerResponse>();
  const watchedPaths = new Set<string>();
  const server = createServer((ask, answer) => void serve(ask, answer).catch(() => answer.destroy()));
  server.on('connection', (socket) => {
    if (state.isCut) return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const proxy: ChaosProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes: () => state.writes,
    onWrite: () => undefined,
    refuse: (code, times) => void state.refusals.push(...Array<typeof code>(times).fill(code)),
    swallow: (times) => void (state.swallowed += times),
    cut: async (ms) => {
      state.isCut = true;
      for (const socket of sockets) socket.destroy();
      await sleep(ms);
      state.isCut = false;
    },
    closeWatches: (isExpired) => {
      if (isExpired) for (const path of watchedPaths) state.expired.add(path);
      for (const watch of watches) watch.destroy();
    },
    lag: (ms) => void (state.lagMs = ms),
    rotate: (token) => void (state.token = token),
    stop: () => stop(server, agent),
  };

  async function serve(ask: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = ask;
    const path = url.split('?', 1)[0] ?? '';
    const body = await read(ask);
    if (ask.headers.authorization !== `Bearer ${state.token}`)
      return reply(answer, 401, status(401, 'Unauthorized'));
    const isWatch = /[?&]watch=(1|true)/.test(url);
    if (isWatch && state.expired.delete(path)) {
      return reply(
        answer,
        200,
        `${JSON.stringify({ type: 'ERROR', object: JSON.parse(status(410, 'Expired')) })}\n`,
      );
    }
    const isWrite = method !== 'GET' && !path.includes('/leases');
    const refused = isWrite ? state.refusals.shift() : undefined;
    if (refused !== undefined) return reply(answer, refused, status(refused, reasons[refused]));
    await forward({ method: method as Methods, url, path, body, isWatch, isWrite }, ask, answer);
  }

  async function forward(
    given: { method: Methods; url: string; path: string; body: Buffer; isWatch: boolean; isWrite: boolean },
    ask: IncomingMessage,
    answer: ServerResponse,
  ): Promise<void> {
    const {
      authorization: _own,
      host: _host,
      connection: _connection,
      'content-length': _length,
      ...kept
    } = ask.headers;
    const leaving = new AbortController();
    answer.on('close', () => leaving.abort());
    const got = await request(target + given.url, {
      method: given.method,
      headers: { ...(kept as Record<string, string>), ...headers },
      ...(given.body.length === 0 ? {} : { body: given.body }),
      dispatcher: agent,
      ...(given.isWatch ? { signal: leaving.signal } : {}),
    });
    const type = String(got.headers['content-type'] ?? 'application/json');
    if (given.isWatch) {
      watches.add(answer);
      watchedPaths.add(given.path);
      answer.on('close', () => watches.delete(answer));
      answer.writeHead(got.statusCode, { 'content-type': type });
      answer.flushHeaders();
      let said = Promise.resolve();
      for await (const chunk of got.body) {
        const dueAt = Date.now() + state.lagMs;
        said = said.then(async () => {
          await sleep(Math.max(0, dueAt - Date.now()));
          if (!answer.destroyed) answer.write(chunk);
        });
      }
      await said;
      return void answer.end();
    }
    const text = Buffer.from(await got.body.arrayBuffer());
    if (given.isWrite && got.statusCode < 300) state.writes += 1;
    if (given.isWrite && state.swallowed > 0) {
      state.swallowed -= 1;
      await sleep(swallowMs);
      return void answer.destroy();
    }
    reply(answer, got.statusCode, text, type);
    if (given.isWrite && got.statusCode < 300) proxy.onWrite(state.writes);
  }
  return proxy;
}

async function read(ask: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of ask) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function reply(answer: ServerResponse, code: number, body: string | Buffer, type = 'application/json'): void {
  answer.writeHead(code, { 'content-type': type });
  answer.end(body);
}

async function stop(server: Server, agent: Agent): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await agent.destroy();
}
