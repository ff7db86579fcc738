import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { Connection, ConnectionSource } from './credentials.js';

/** An API server and where its tokens come from. */
export interface TokenSourceOptions {
  readonly address: string;
  /** PEM. */
  readonly ca?: string;
  /** Who to act as there. */
  readonly as?: string;
  /** A new token, and until when it is good. */
  newToken(): Promise<{ readonly token: string; readonly expires: Instant | undefined }>;
}

/** A token is not used in the last minutes of its time. */
const marginMs = 300_000;
/** A token that does not say when it ends is used for so long. */
const unsaidMs = 600_000;

/** A server that takes tokens which do not last: a new one is asked for before the last ends, or when it is refused. */
export function tokenSource(options: TokenSourceOptions, clock: Clock): ConnectionSource {
  const { address, ca, as } = options;
  let held: { readonly connection: Connection; readonly until: Instant } | undefined;
  async function renew(): Promise<Connection> {
    const { token, expires } = await options.newToken();
    const connection = {
      server: address.replace(/\/+$/, ''),
      headers: {
        authorization: `Bearer ${token}`,
        ...(as === undefined ? {} : { 'impersonate-user': as }),
      },
      tls: ca === undefined ? {} : { ca },
    };
    const until = expires === undefined ? addMs(clock.now(), unsaidMs) : addMs(expires, -marginMs);
    held = { connection, until };
    return connection;
  }
  return {
    load: () => (held !== undefined && clock.now() < held.until ? Promise.resolve(held.connection) : renew()),
    reload: renew,
  };
}
