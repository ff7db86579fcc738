import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { QueryFailure } from '../failure.js';
import type { AddressGuard } from './guard.js';
import { bareHost, proxyOf } from './proxy.js';

/** However many runs ask one server at the same time, it sees no more connections than these. */
const connections = 8;
const keepAliveTimeout = 30_000;

type Env = Readonly<Record<string, string | undefined>>;

/** Who carries requests to a server: itself, or through the proxy of the environment. Connections are kept for the next one. */
export class Dispatchers {
  readonly #env: Env;
  readonly #guard: AddressGuard | undefined;
  readonly #made = new Map<string, Dispatcher>();
  #certificates: readonly string[] | undefined;

  constructor(env: Env, guard: AddressGuard | undefined) {
    this.#env = env;
    this.#guard = guard;
  }

  /** `isInsecure`: the certificate of the server is not checked. Throws QueryFailure for a server that must not be asked. */
  of(url: URL, isInsecure: boolean): Dispatcher {
    this.#guard?.check(bareHost(url));
    const proxy = this.#proxyOf(url);
    const key = `${isInsecure} ${proxy?.href ?? ''}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#make(proxy, isInsecure);
    this.#made.set(key, made);
    return made;
  }

  #make(proxy: URL | undefined, isInsecure: boolean): Dispatcher {
    const ca = this.#authorities();
    const tls = { rejectUnauthorized: !isInsecure, ...(ca === undefined ? {} : { ca: [...ca] }) };
    const lookup = this.#guard === undefined ? {} : { lookup: this.#guard.lookup };
    if (proxy === undefined)
      return new Agent({ connections, keepAliveTimeout, connect: { ...tls, ...lookup } });
    // The proxy resolves names: what it may reach is its own affair.
    return new ProxyAgent({
      uri: proxy.href,
      // Plain HTTP is asked for by the whole URL: many proxies refuse tunnels to other ports than 443.
      proxyTunnel: false,
      connections,
      keepAliveTimeout,
      requestTls: tls,
      proxyTls: ca === undefined ? {} : { ca: [...ca] },
    });
  }

  #proxyOf(url: URL): URL | undefined {
    try {
      return proxyOf(url, this.#env);
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown;
      throw new QueryFailure('the proxy that the environment names is no URL');
    }
  }

  /** The authorities of `SSL_CERT_FILE` beside those that are known anyway. */
  #authorities(): readonly string[] | undefined {
    const file = this.#env['SSL_CERT_FILE'] ?? '';
    if (file === '') return undefined;
    try {
      this.#certificates ??= [...rootCertificates, readFileSync(file, 'utf8')];
      return this.#certificates;
    } catch (thrown) {
      throw new QueryFailure(`SSL_CERT_FILE: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
}
