import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { ChangeFeed } from '../engine/change-feed.js';
import { followTables, type PropagationDelays } from './live-tables.js';
import { createGatewayMetrics, type Served } from './metrics.js';
import { Proxy } from './proxy.js';
import type { Listener } from './route.js';
import type { Random } from './routing.js';

export interface GatewayOptions extends PropagationDelays {
  /** Where requests are taken. Default 127.0.0.1. */
  readonly host?: string;
  /** For requests; 0 (default) takes a free one. VirtualServices, Ingresses and Services answer on it. */
  readonly port?: number;
  /** A port on which only Ingresses (and Services) answer; absent: none. */
  readonly nginxPort?: number;
  /** For `/metrics`; 0 (default) takes a free one. */
  readonly metricsPort?: number;
}

/** The cluster's data plane: a real proxy. */
export interface Gateway {
  readonly port: number;
  readonly nginxPort?: number;
  readonly metricsPort: number;
  totals(): GatewayTotals;
  close(): Promise<void>;
}

interface GatewayTotals {
  readonly requests: number;
  readonly appErrors: number;
  readonly dropped: number;
  /** How many were dropped for which reason: NR, NC, UH, UF (connection refused), UC (connection reset). */
  readonly droppedBy: Readonly<Record<string, number>>;
}

/** Opens the gateway's ports. Throws PortInUse when one is taken. */
export async function openGateway(
  deps: { readonly feed: ChangeFeed; readonly clock: Clock; readonly random?: Random },
  options: GatewayOptions = {},
): Promise<Gateway> {
  const tables = followTables(deps.feed, deps.clock, options);
  const metrics = createGatewayMetrics();
  const totals = new Totals();
  const proxies: Proxy[] = [];
  const listen = (listener: Listener, port: number): Promise<Server> => {
    const random = deps.random ?? Math.random;
    const proxy = new Proxy({ tables, metrics, random, listener, onServed: (served) => totals.add(served) });
    proxies.push(proxy);
    const server = createServer((incoming, outgoing) => proxy.handle(incoming, outgoing));
    return open(server, port, options.host);
  };
  const metricsServer = createServer((_, outgoing) => {
    void metrics.text().then((text) => {
      outgoing.setHeader('content-type', 'text/plain; version=0.0.4');
      outgoing.end(text);
    });
  });
  const servers = [
    await listen('all', options.port ?? 0),
    await open(metricsServer, options.metricsPort ?? 0, options.host),
    ...(options.nginxPort === undefined ? [] : [await listen('nginx', options.nginxPort)]),
  ];
  const [port = 0, metricsPort = 0, nginxPort] = servers.map(portOf);
  return {
    port,
    metricsPort,
    ...(nginxPort === undefined ? {} : { nginxPort }),
    totals: () => totals.read(),
    close: async () => {
      tables.stop();
      for (const proxy of proxies) proxy.close();
      await Promise.all(servers.map(closeServer));
    },
  };
}

class Totals {
  #requests = 0;
  #appErrors = 0;
  #dropped = 0;
  readonly #droppedBy: Record<string, number> = {};

  add(served: Served): void {
    this.#requests++;
    if (served.outcome === 'app_error') this.#appErrors++;
    if (served.outcome !== 'dropped') return;
    this.#dropped++;
    this.#droppedBy[served.flags] = (this.#droppedBy[served.flags] ?? 0) + 1;
  }

  read(): GatewayTotals {
    const droppedBy = { ...this.#droppedBy };
    return { requests: this.#requests, appErrors: this.#appErrors, dropped: this.#dropped, droppedBy };
  }
}

function open(server: Server, port: number, host = '127.0.0.1'): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const message = isTaken ? `port ${port} of ${host} is in use: choose another one` : error.message;
      reject(new AppError(isTaken ? 'PortInUse' : 'ConfigInvalid', message, { cause: error }));
    });
    server.listen(port, host, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
