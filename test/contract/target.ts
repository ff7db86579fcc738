import { Agent, fetch as undiciFetch } from 'undici';
import { createCredentials } from '#adapters/kube-http/credentials.js';
import { loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';
import { createKubeHttp } from '#adapters/kube-http/kube-http.js';
import type { Kube } from '#ports/kube.js';
import { createRealClock as createClock } from '#runtime/clock.js';
import { serveStore } from '#sandbox/http/serve.js';
import { createStoreKube } from '#sandbox/kube/store-kube.js';
import { createStore } from '#sandbox/store/store.js';

/** An API server that the contract is checked against. */
export interface ContractTarget {
  readonly name: string;
  /** Whether it is a real API server: then what needs the sandbox's own hands is left out. */
  readonly isReal: boolean;
  readonly kube: Kube;
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>;
  openWatch(path: string): Promise<WatchReader>;
  /** Forgets the history of changes; the sandbox only. */
  compact(): void;
  close(): Promise<void>;
}

export interface Answer {
  readonly code: number;
  readonly body: any;
  readonly headers: { get(name: string): string | null };
}

export interface WatchReader {
  /** The next event; rejects when none comes in two seconds. */
  next(): Promise<any>;
  close(): void;
}

/** `CONTRACT_KUBECONFIG` names a real API server; without it the sandbox is checked. */
export async function openTarget(): Promise<ContractTarget> {
  const path = process.env['CONTRACT_KUBECONFIG'];
  return path === undefined ? openSandbox() : openReal(path);
}

async function openSandbox(): Promise<ContractTarget> {
  const store = createStore({ clock: createClock(), seed: 'contract' });
  const served = await serveStore(store);
  return {
    name: 'the sandbox',
    isReal: false,
    kube: createStoreKube(store, { userAgent: 'contract' }),
    compact: () => store.compact(),
    close: () => served.close(),
    ...httpOf(served.url, {}, undefined),
  };
}

async function openReal(path: string): Promise<ContractTarget> {
  const config = await loadKubeconfig({ path });
  const clock = createClock();
  const kube = createKubeHttp({
    credentials: createCredentials(config, clock),
    clock,
    userAgent: 'contract',
    qps: 1000,
    burst: 1000,
  });
  const { server, headers, tls } = await config.load();
  const agent = new Agent({ connect: { ...tls } });
  return {
    name: server,
    isReal: true,
    kube,
    compact: () => undefined,
    close: () => agent.destroy(),
    ...httpOf(server, headers, agent),
  };
}

function httpOf(
  server: string,
  headers: Readonly<Record<string, string | string[]>>,
  agent: Agent | undefined,
): Pick<ContractTarget, 'send' | 'openWatch'> {
  const dispatcher = agent === undefined ? {} : { dispatcher: agent };
  const common = { 'user-agent': 'contract/1', ...headers };
  return {
    async send(method, path, body, contentType = 'application/json') {
      const answer = await undiciFetch(server + path, {
        method,
        headers: { ...common, 'content-type': contentType },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...dispatcher,
      });
      const text = await answer.text();
      return {
        code: answer.status,
        body: text.startsWith('{') ? JSON.parse(text) : text,
        headers: answer.headers,
      };
    },
    async openWatch(path) {
      const leaving = new AbortController();
      const answer = await undiciFetch(server + path, {
        headers: common,
        signal: leaving.signal,
        ...dispatcher,
      });
      return { next: eventReader(answer.body as AsyncIterable<Uint8Array>), close: () => leaving.abort() };
    },
  };
}

function eventReader(body: AsyncIterable<Uint8Array>): () => Promise<any> {
  const chunks = body[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  let rest = '';
  const next = async (): Promise<any> => {
    for (;;) {
      const end = rest.indexOf('\n');
      if (end >= 0) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 1);
        return JSON.parse(line);
      }
      const chunk = await chunks.next();
      if (chunk.done === true) throw new Error('the watch has ended');
      rest += decoder.decode(chunk.value, { stream: true });
    }
  };
  return () => Promise.race([next(), failAfter(2000)]);
}

function failAfter(ms: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no event within ${ms} ms`)), ms).unref();
  });
}
