import { gunzipSync } from 'node:zlib';
import { request, type Dispatcher } from 'undici';
import { Dispatchers } from './client/dispatchers.js';
import type { AddressGuard } from './client/guard.js';
import { QueryFailure } from './failure.js';

/** One request to a metrics backend. */
export interface HttpCall {
  readonly url: string | URL;
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the call early: the run was stopped. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Do not check the server's certificate. */
  readonly insecure?: boolean;
}

/** What came back, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** Of the headers: how long to wait before the next try, as the server put it. */
  readonly retryAfter: string | undefined;
  /** Of the headers, without parameters; empty when the server does not say. */
  readonly contentType: string;
  readonly text: string;
}

/** Calls a backend and reads its whole answer, up to 16 MiB. Throws QueryFailure, or what undici throws when nobody answers. */
export type CallHttp = (call: HttpCall) => Promise<HttpAnswer>;

const maxAnswerBytes = 16 * 1024 * 1024;
const maxRedirects = 10;

/** A client of its own: proxies and authorities as the environment says; without a guard it goes everywhere. */
export function createHttpClient(deps: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly guard?: AddressGuard;
}): CallHttp {
  const dispatchers = new Dispatchers(deps.env, deps.guard);
  return async ({ url, method = 'GET', headers = {}, body, signal, timeoutMs, insecure = false }) => {
    const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    let hop: Hop = { url: readUrl(url), method, headers: { ...commonHeaders, ...headers }, body };
    for (let hops = 0; hops <= maxRedirects; hops += 1) {
      const response = await send(hop, dispatchers.of(hop.url, insecure), until);
      const next = nextHop(hop, response);
      if (next === undefined) return readAnswer(response);
      await response.body.dump();
      hop = next;
    }
    throw new QueryFailure(`stopped after ${maxRedirects} redirects`);
  };
}

interface Hop {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const commonHeaders = { 'user-agent': 'sluice', 'accept-encoding': 'gzip' };

function readUrl(given: string | URL): URL {
  const url = URL.canParse(String(given)) ? new URL(String(given)) : undefined;
  if (url === undefined) throw new QueryFailure(`${String(given)} is no URL`);
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new QueryFailure(`unsupported protocol scheme "${url.protocol.slice(0, -1)}"`);
}

async function send(
  { url, method, headers, body }: Hop,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const authorization =
    user === ':' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
  return request(url, {
    method,
    headers: { ...authorization, ...headers },
    ...(body === undefined ? {} : { body }),
    signal,
    dispatcher,
  });
}

/** Where a redirection leads: with the same request after 307 and 308, else as a GET; credentials stay with their host. */
function nextHop(
  { url, method, headers, body }: Hop,
  { statusCode, headers: got }: Dispatcher.ResponseData,
): Hop | undefined {
  const location = headerOf(got, 'location');
  if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return undefined;
  if (!URL.canParse(location, url.href))
    throw new QueryFailure(`the redirection to ${location} leads nowhere`);
  const target = readUrl(new URL(location, url).href);
  const kept = target.host === url.host ? headers : without(headers, ['authorization', 'cookie']);
  if (statusCode === 307 || statusCode === 308) return { url: target, method, headers: kept, body };
  return { url: target, method: 'GET', headers: without(kept, ['content-type']), body: undefined };
}

function without(headers: Hop['headers'], names: readonly string[]): Hop['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

async function readAnswer({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<HttpAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = chunk as Uint8Array; // a byte stream, as every response body is
    size += bytes.length;
    if (size > maxAnswerBytes) throw tooLarge();
    chunks.push(bytes);
  }
  const isZipped = headerOf(headers, 'content-encoding')?.toLowerCase() === 'gzip' && size > 0;
  const whole = isZipped ? unzip(Buffer.concat(chunks)) : Buffer.concat(chunks);
  const [contentType = ''] = (headerOf(headers, 'content-type') ?? '').split(';');
  return {
    status: statusCode,
    retryAfter: headerOf(headers, 'retry-after'),
    contentType: contentType.trim().toLowerCase(),
    text: whole.toString('utf8'),
  };
}

function unzip(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxAnswerBytes });
  } catch (thrown) {
    if (thrown instanceof RangeError) throw tooLarge();
    throw new QueryFailure(`gzip: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function tooLarge(): QueryFailure {
  return new QueryFailure(`the answer is larger than ${maxAnswerBytes} bytes`);
}

function headerOf(headers: Dispatcher.ResponseData['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
