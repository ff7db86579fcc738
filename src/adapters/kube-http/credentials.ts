import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';

/** How to reach and prove oneself to one API server. */
export interface Connection {
  /** Without a trailing slash, for instance `https://10.0.0.1:6443`. */
  readonly server: string;
  /** Authorization and impersonation. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsOptions;
  readonly proxyUrl?: string;
}

interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Where connections come from: `reload` forgets what was cached (tokens of exec plugins included). */
export interface ConnectionSource {
  load(): Promise<Connection>;
  reload(): Promise<Connection>;
}

/** The connection in force. */
export interface Credentials {
  current(): Promise<Connection>;
  /** The server refused `used`: the next `current` is freshly made, unless that has happened already. */
  reject(used: Connection): void;
}

const maxAgeMs = 60_000;

/** Evaluates the source at most once a minute and after a rejection; calls at the same time share one evaluation. */
export function createCredentials(source: ConnectionSource, clock: Clock): Credentials {
  let cached: { readonly connection: Connection; readonly until: Instant } | undefined;
  let rejected = false;
  let pending: Promise<Connection> | undefined;

  async function evaluate(): Promise<Connection> {
    const fresh = rejected;
    try {
      const connection = fresh ? await source.reload() : await source.load();
      cached = { connection, until: addMs(clock.now(), maxAgeMs) };
      if (fresh) rejected = false;
      return connection;
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      throw new AppError('KubeUnauthorized', `kubeconfig: cannot get credentials: ${message}`, {
        cause: thrown,
      });
    } finally {
      pending = undefined;
    }
  }

  return {
    async current() {
      if (!rejected && cached !== undefined && clock.now() < cached.until) return cached.connection;
      pending ??= evaluate();
      return pending;
    },
    reject(used) {
      if (cached?.connection === used) rejected = true;
    },
  };
}
