import {
  Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
  type ServerResponse,
} from 'node:http';
import type { LiveTables } from './live-tables.js';
import type { GatewayMetrics, Served } from './metrics.js';
import { type Listener, route } from './route.js';
import type { Random, RouteDecision, Target } from './routing.js';

export interface ProxyOptions {
  readonly tables: LiveTables;
  readonly metrics: GatewayMetrics;
  readonly random: Random;
  readonly listener: Listener;
  readonly onServed: (served: Served) => void;
}

type Forward = Extract<RouteDecision, { readonly kind: 'forward' }>;

/** Idle connections are given up long before an app does, so that a reused one is never closed under a request. */
const idleMs = 4_000;

/** Answers requests by sending each exactly once to where the tables say; never tried again elsewhere. */
export class Proxy {
  readonly #options: ProxyOptions;
  readonly #agent = new Agent({ keepAlive: true, timeout: idleMs, maxFreeSockets: 64 });

  constructor(options: ProxyOptions) {
    this.#options = options;
  }

  handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const begun = performance.now();
    const { tables, random, listener } = this.#options;
    const headers = textHeaders(incoming);
    const request = {
      host: headers.host ?? '',
      method: incoming.method ?? 'GET',
      path: pathOf(incoming),
      headers,
    };
    const decision = route(request, tables.current(), random, listener);
    const finish = (end: Pick<Served, 'code' | 'outcome' | 'flags'>): void => {
      const { method, host } = request;
      const target = decision.kind === 'forward' && end.flags === '-' ? { target: decision.target } : {};
      const canary =
        decision.kind === 'forward' && decision.canary !== undefined ? { canary: decision.canary } : {};
      const { route: name, service } = decision;
      const durationMs = performance.now() - begun;
      this.#tell({ route: name, service, method, host, durationMs, ...end, ...target, ...canary });
    };
    if (decision.kind === 'drop') {
      incoming.resume();
      refuse(outgoing, decision.reason === 'NR' ? 404 : 503, decision.reason);
      finish({ code: decision.reason === 'NR' ? 404 : 503, outcome: 'dropped', flags: decision.reason });
      return;
    }
    this.#forward(incoming, outgoing, decision, finish);
    if (decision.mirror !== undefined) this.#mirror(incoming, decision.mirror.target);
  }

  close(): void {
    this.#agent.destroy();
  }

  #tell(served: Served): void {
    this.#options.metrics.count(served);
    this.#options.onServed(served);
  }

  #forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    { target }: Forward,
    finish: (end: Pick<Served, 'code' | 'outcome' | 'flags'>) => void,
  ): void {
    const upstream = httpRequest({
      ...this.#addressOf(target),
      ...lineOf(incoming),
      headers: forwardedHeaders(incoming),
    });
    let isAnswered = false;
    upstream.on('response', (answer) => {
      isAnswered = true;
      const code = answer.statusCode ?? 502;
      outgoing.writeHead(code, withoutHopHeaders(answer.headers));
      answer.on('error', () => outgoing.destroy());
      answer.pipe(outgoing);
      outgoing.once('close', () =>
        finish({ code, outcome: code >= 500 ? 'app_error' : 'app_ok', flags: '-' }),
      );
    });
    upstream.on('error', (error) => {
      if (isAnswered || outgoing.destroyed) return;
      const flags = 'syscall' in error && error.syscall === 'connect' ? 'UF' : 'UC';
      refuse(outgoing, 503, flags);
      finish({ code: 503, outcome: 'dropped', flags });
    });
    // A client that goes away is no loss of delivery.
    outgoing.once('close', () => isAnswered || upstream.destroy());
    incoming.pipe(upstream);
  }

  #mirror(incoming: IncomingMessage, target: Target): void {
    const headers = { ...forwardedHeaders(incoming), host: `${incoming.headers.host ?? ''}-shadow` };
    const copy = httpRequest({ ...this.#addressOf(target), ...lineOf(incoming), headers });
    copy.on('response', (answer) => answer.resume());
    // Nobody waits for the answer to a copy.
    copy.on('error', () => undefined);
    incoming.pipe(copy);
  }

  #addressOf(target: Target): { readonly host: string; readonly port: number; readonly agent: Agent } {
    return { host: target.address, port: target.port, agent: this.#agent };
  }
}

function lineOf(incoming: IncomingMessage): { readonly method: string; readonly path: string } {
  return { method: incoming.method ?? 'GET', path: pathOf(incoming) };
}

function textHeaders(incoming: IncomingMessage): Readonly<Record<string, string>> {
  const entries = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries);
}

const hopHeaders = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

function withoutHopHeaders(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.includes(name)));
}

function forwardedHeaders(incoming: IncomingMessage): OutgoingHttpHeaders {
  const isChunked = incoming.headers['transfer-encoding'] !== undefined;
  return {
    ...withoutHopHeaders(incoming.headers),
    ...(isChunked ? { 'transfer-encoding': 'chunked' } : {}),
    'x-forwarded-for': incoming.socket.remoteAddress ?? '',
    'x-forwarded-proto': 'http',
  };
}

function refuse(outgoing: ServerResponse, code: number, flags: string): void {
  outgoing.writeHead(code, { 'content-type': 'text/plain', 'x-gateway-drop': flags });
  outgoing.end(`the gateway could not deliver this request: ${flags}\n`);
}

/** A client that uses the gateway as its HTTP proxy sends the whole URL; what counts is the path. */
function pathOf(incoming: IncomingMessage): string {
  const url = incoming.url ?? '/';
  return url.startsWith('http://') ? url.replace(/^http:\/\/[^/]*/, '') || '/' : url;
}
