import { createHash } from 'node:crypto';
import { Agent, type Dispatcher, interceptors, ProxyAgent } from 'undici';
import type { AddressGuard } from './exchange.js';

/** How a server is reached that is not reached like all others. */
export interface Connection {
  /** The URL of an HTTP proxy, which may hold a login. */
  readonly proxy?: string;
  /** PEM texts: an authority beside nobody else, and a certificate of ours. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Ways that are kept open; the one that was not used for the longest time is closed first. */
const mostKept = 64;

/** Connections by the way they are made, kept for the next message. */
export class Dispatchers {
  readonly #guard: AddressGuard | undefined;
  readonly #made = new Map<string, Dispatcher>();

  constructor(guard: AddressGuard | undefined) {
    this.#guard = guard;
  }

  of(isInsecure: boolean, connection: Connection = {}): Dispatcher {
    // The key holds no secret, whoever prints it.
    const key = createHash('sha256')
      .update(JSON.stringify([isInsecure, connection]))
      .digest('hex');
    const known = this.#made.get(key);
    const dispatcher = known ?? this.#make(isInsecure, connection);
    this.#made.delete(key);
    this.#made.set(key, dispatcher);
    const [oldest] = this.#made.keys();
    if (this.#made.size > mostKept && oldest !== undefined) {
      void this.#made.get(oldest)?.close();
      this.#made.delete(oldest);
    }
    return dispatcher;
  }

  /** Redirects are followed, and each is held to the guard like the address itself. */
  #make(isInsecure: boolean, { proxy, ...tls }: Connection): Dispatcher {
    const guard = this.#guard;
    const lookup = guard === undefined ? {} : { lookup: guard.lookup };
    const requestTls = { rejectUnauthorized: !isInsecure, ...tls };
    const agent =
      proxy === undefined
        ? new Agent({ connect: { ...requestTls, ...lookup } })
        : new ProxyAgent({ uri: proxy, proxyTunnel: false, requestTls, proxyTls: lookup });
    const redirects = interceptors.redirect({ maxRedirections: 5 });
    if (guard === undefined) return agent.compose(redirects);
    if (proxy !== undefined) guard.check(bareHost(proxy));
    const check: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
      guard.check(bareHost(String(options.origin)));
      return dispatch(options, handler);
    };
    return agent.compose(check, redirects);
  }
}

function bareHost(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
