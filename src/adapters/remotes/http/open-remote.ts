import type { LookupFunction } from 'node:net';
import { Agent, ProxyAgent, request, Socks5ProxyAgent, type Dispatcher } from 'undici';
import { AppError } from '#ports/errors.js';

/** Keeps addresses that users write from places that only the machine is meant to reach. */
export interface RemoteGuard {
  /** Throws for a host that is an address on the list. */
  check(host: string): void;
  /** Resolves a name; an error when one of its addresses is on the list. */
  readonly lookup: LookupFunction;
}

/** How a remote is reached. */
export interface RemoteOptions {
  /** Named in errors, for instance `registry ghcr.io`. */
  readonly name: string;
  readonly caCertificate?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  readonly isTlsUnchecked?: boolean;
  readonly proxy?: { readonly address: string; readonly username?: string; readonly password?: string };
  /** Absent: any address may be asked. */
  readonly guard?: RemoteGuard;
  /** For each call. */
  readonly timeoutMs: number;
}

export interface RemoteCall {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** More of an answer is an error; default 8 MiB. */
  readonly maxBytes?: number;
}

export interface RemoteAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A connection to one remote, for as long as the work with it takes. */
export interface Remote {
  /** Throws RemoteUnreachable or RemoteInvalid; any status is an answer. Redirects are answers too. */
  call(call: RemoteCall): Promise<RemoteAnswer>;
}

const mebibyte = 1024 * 1024;

/** Opens connections as they are needed, and closes them when the work is done. */
export async function withRemote<T>(
  options: RemoteOptions,
  work: (remote: Remote) => Promise<T>,
): Promise<T> {
  const dispatcher = dispatcherOf(options);
  try {
    return await work({ call: (call) => callRemote(options, dispatcher, call) });
  } finally {
    await dispatcher.destroy();
  }
}

async function callRemote(
  { name, timeoutMs, guard }: RemoteOptions,
  dispatcher: Dispatcher,
  { method, url, headers, body, maxBytes = 8 * mebibyte }: RemoteCall,
): Promise<RemoteAnswer> {
  try {
    guard?.check(new URL(url).hostname.replace(/^\[|\]$/g, ''));
    const answer = await request(url, {
      method,
      dispatcher,
      headers: { 'user-agent': 'sluice', ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const chunks: Buffer[] = [];
    let total = 0;
    for await (const chunk of answer.body) {
      const bytes = Buffer.from(chunk);
      total += bytes.length;
      if (total > maxBytes) throw tooLarge(name, maxBytes);
      chunks.push(bytes);
    }
    return { status: answer.statusCode, headers: flat(answer.headers), body: Buffer.concat(chunks) };
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError('RemoteUnreachable', `${name} could not be asked: ${reasonOf(thrown, timeoutMs)}`, {
      cause: thrown,
    });
  }
}

function dispatcherOf({
  proxy,
  caCertificate,
  clientCertificate,
  isTlsUnchecked,
  guard,
}: RemoteOptions): Dispatcher {
  const tls = {
    ...(caCertificate === undefined ? {} : { ca: caCertificate }),
    ...(clientCertificate === undefined
      ? {}
      : { cert: clientCertificate.certificate, key: clientCertificate.key }),
    ...(isTlsUnchecked === true ? { rejectUnauthorized: false } : {}),
  };
  const lookup = guard === undefined ? {} : { lookup: guard.lookup };
  if (proxy === undefined) return new Agent({ connect: { ...tls, ...lookup }, connections: 16 });
  const { address, username, password } = proxy;
  if (address.startsWith('socks5:')) {
    const login = username === undefined ? {} : { username, password: password ?? '' };
    // The types of the library leave out `requestTls`, which it reads.
    return new Socks5ProxyAgent(address, Object.assign(login, { requestTls: tls }));
  }
  const login = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
  const token = username === undefined && password === undefined ? {} : { token: `Basic ${login}` };
  return new ProxyAgent({ uri: address, requestTls: tls, ...token });
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function reasonOf(thrown: unknown, timeoutMs: number): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000}s (spec.timeout)`;
  const { cause } = thrown;
  return cause instanceof Error && thrown.message === 'fetch failed' ? cause.message : thrown.message;
}

function tooLarge(name: string, maxBytes: number): AppError {
  return new AppError(
    'RemoteInvalid',
    `${name} answers with more than ${Math.floor(maxBytes / mebibyte)} MiB`,
  );
}
