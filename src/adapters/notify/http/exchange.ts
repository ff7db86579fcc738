import type { LookupFunction } from 'node:net';
import { type Dispatcher, request as send } from 'undici';
import { AppError } from '#ports/errors.js';
import { type Connection, Dispatchers } from './dispatchers.js';
import { parseRetryAfter } from './retry-after.js';

/** One request to a service. */
export interface Exchange {
  /** What the service is called in messages. */
  readonly service: string;
  readonly url: string;
  /** Default POST. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a text. */
  readonly body?: unknown;
  readonly insecureSkipVerify?: boolean;
  /** A proxy or certificates of this message alone; default none. */
  readonly connection?: Connection;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs?: number;
}

/** Keeps messages, whose addresses users may write, from places that only the machine is meant to reach. */
export interface AddressGuard {
  /** Throws for a host that is an address on the list. */
  check(host: string): void;
  /** Resolves a name; an error when one of its addresses is on the list. */
  readonly lookup: LookupFunction;
}

/** Who carries requests to services. */
export interface Messenger {
  /** Sends a request; whatever status comes back is an answer. Throws NotifyUnavailable, or NotifyInvalid for a URL that is none. */
  exchange(request: Exchange): Promise<Answer>;
  /** Sends a request and throws for any status but 2xx: see {@link refusalOf}. */
  deliver(request: Exchange): Promise<Answer>;
}

const defaultTimeoutMs = 30_000;
const maxAnswerBytes = 1024 * 1024;

/** Connections are kept for the next message. Without a guard any address may be asked. */
export function createMessenger(guard?: AddressGuard): Messenger {
  const dispatchers = new Dispatchers(guard);
  const exchange = (request: Exchange): Promise<Answer> => exchangeBy(dispatchers, request);
  return {
    exchange,
    deliver: async (request) => {
      const answer = await exchange(request);
      if (answer.status >= 200 && answer.status <= 299) return answer;
      throw refusalOf(request.service, answer);
    },
  };
}

async function exchangeBy(dispatchers: Dispatchers, request: Exchange): Promise<Answer> {
  const { service, method = 'POST', body, timeoutMs = defaultTimeoutMs } = request;
  const url = readUrl(service, request.url);
  const isJson = body !== undefined && typeof body !== 'string';
  try {
    const dispatcher: Dispatcher = dispatchers.of(request.insecureSkipVerify === true, request.connection);
    const {
      statusCode,
      headers,
      body: answer,
    } = await send(url, {
      method,
      headers: {
        'user-agent': 'sluice',
        ...(isJson ? { 'content-type': 'application/json' } : {}),
        ...request.headers,
      },
      // With GET too: the peer sends the message so.
      body: typeof body === 'string' || body === undefined ? (body ?? null) : JSON.stringify(body),
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]),
      dispatcher,
    });
    const retryAfterMs = parseRetryAfter(first(headers['retry-after']), first(headers['date']));
    return {
      status: statusCode,
      text: await readText(answer),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  } catch (thrown) {
    throw unreachable(service, url, thrown, timeoutMs);
  }
}

function first(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}

/** What a status means: 401 and 403 NotifyDenied, 408, 429 and 5xx NotifyUnavailable, any other NotifyInvalid. */
export function refusalOf(service: string, { status, text, retryAfterMs }: Answer): AppError {
  const detail = text.trim() === '' ? '' : `: ${shorten(text)}`;
  const message = `${service} answered ${status}${detail}`;
  if (status === 401 || status === 403) return new AppError('NotifyDenied', message);
  if (status === 408 || status === 429 || status >= 500) {
    return new AppError('NotifyUnavailable', message, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
  return new AppError('NotifyInvalid', message);
}

/** At most 200 characters of an answer, on one line. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function readUrl(service: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new AppError('NotifyInvalid', `${service}: the URL is not an address of http or https`);
}

/** Only the beginning: bodies tell what went wrong, nothing else. */
async function readText(body: AsyncIterable<unknown> | Iterable<unknown>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = chunk as Uint8Array; // a byte stream, as every response body is
    chunks.push(bytes);
    size += bytes.length;
    if (size > maxAnswerBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreachable(service: string, url: URL, thrown: unknown, timeoutMs: number): AppError {
  const host = url.host;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name === 'TimeoutError') {
    return new AppError(
      'NotifyUnavailable',
      `${service}: ${host} gave no answer within ${timeoutMs / 1000}s`,
    );
  }
  // The guard's own word: no patience helps.
  if (error.name === 'QueryFailure') return new AppError('NotifyInvalid', `${service}: ${error.message}`);
  if (error.name === 'AbortError')
    return new AppError('ShuttingDown', `${service}: the message was given up`);
  const { cause } = error;
  const detail = cause instanceof Error && cause.message !== '' ? cause.message : error.message;
  return new AppError('NotifyUnavailable', `${service}: ${host} cannot be reached: ${shorten(detail)}`);
}
