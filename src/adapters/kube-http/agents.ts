import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Connection } from './credentials.js';

/** The two sets of connections to one API server. */
interface Agents {
  readonly requests: Dispatcher;
  /** One connection a watch; no body timeout. */
  readonly watches: Dispatcher;
}

/** Keeps the agents of the connection in force; when its certificates or server change, new ones take over. */
export interface AgentPool {
  agentsFor(connection: Connection): Agents;
  /** Ends idle connections now, and busy ones with their request; watches are cut. */
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;
const keepAliveMs = 60_000;

export function createAgentPool(maxConnections: number): AgentPool {
  let current:
    { readonly connection: Connection; readonly identity: string; readonly agents: Agents } | undefined;

  function retire(agents: Agents): void {
    // What is in flight on the old identity may finish; a failure to close has nobody to tell.
    for (const agent of [agents.requests, agents.watches]) agent.close().catch(() => undefined);
  }

  return {
    agentsFor(connection) {
      if (current?.connection === connection) return current.agents;
      const identity = identityOf(connection);
      if (current?.identity === identity) {
        current = { ...current, connection };
        return current.agents;
      }
      if (current !== undefined) retire(current.agents);
      current = { connection, identity, agents: createAgents(connection, maxConnections) };
      return current.agents;
    },
    async close() {
      const agents = current?.agents;
      current = undefined;
      if (agents !== undefined) await Promise.all([agents.requests.destroy(), agents.watches.destroy()]);
    },
  };
}

function createAgents(connection: Connection, maxConnections: number): Agents {
  const shared = { keepAliveTimeout: keepAliveMs, headersTimeout: 30_000 };
  const requests = { ...shared, connections: maxConnections, bodyTimeout: 30_000 };
  const watches = { ...shared, bodyTimeout: 0 };
  // Read once for all connections: to parse keys and authorities anew takes longer than to connect.
  const secureContext = createSecureContext(connection.tls);
  const tls = { ...connection.tls, secureContext, timeout: connectTimeoutMs };
  if (connection.proxyUrl === undefined) {
    return {
      requests: new Agent({ ...requests, connect: tls }),
      watches: new Agent({ ...watches, connect: tls }),
    };
  }
  const proxy = { uri: connection.proxyUrl, requestTls: tls };
  return {
    requests: new ProxyAgent({ ...requests, ...proxy }),
    watches: new ProxyAgent({ ...watches, ...proxy }),
  };
}

function identityOf({ server, tls, proxyUrl }: Connection): string {
  const text = (value: string | Buffer | undefined) => value?.toString('base64') ?? '';
  return JSON.stringify([
    server,
    proxyUrl,
    text(tls.ca),
    text(tls.cert),
    text(tls.key),
    tls.servername,
    tls.rejectUnauthorized,
  ]);
}
