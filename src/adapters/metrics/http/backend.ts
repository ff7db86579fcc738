import { STATUS_CODES } from 'node:http';
import type { MetricAuthentication } from '#api/argoproj/metric-provider.js';
import type { HttpAnswer } from './call.js';
import { QueryFailure } from './failure.js';
import { headersOf } from './headers.js';
import type { OAuth2Tokens } from './oauth2.js';

/** How a metric says that a backend is to be reached. */
export interface BackendConfig {
  readonly address?: string;
  /** Seconds; 30 when absent or 0. */
  readonly timeout?: number;
  readonly insecure?: boolean;
  readonly headers?: readonly { readonly key: string; readonly value: string }[];
  readonly authentication?: MetricAuthentication;
}

/** What every call to the backend has. */
export interface Backend {
  /** Without a slash at its end. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly insecure: boolean;
}

const defaultTimeoutSeconds = 30;
const maxShownCharacters = 500;

/** The time that a measurement may take. */
export function timeoutMsOf({ timeout }: BackendConfig): number {
  return (timeout === undefined || timeout === 0 ? defaultTimeoutSeconds : timeout) * 1000;
}

/** Reads where a backend is and fetches a token for it where one is wanted. Throws QueryFailure that names the source. */
export async function reachBackend(
  source: string,
  config: BackendConfig,
  { tokens, signal }: { readonly tokens: OAuth2Tokens; readonly signal: AbortSignal },
): Promise<Backend> {
  const { address = '', authentication = {}, insecure = false } = config;
  if (address === '') throw new QueryFailure(`${source} address is not configured`);
  if (!/^https?:\/\/./.test(address) || !URL.canParse(address)) {
    throw new QueryFailure(`${source} address ${address} is no http(s) URL`);
  }
  const timeoutMs = timeoutMsOf(config);
  if (timeoutMs < 0) throw new QueryFailure(`${source} timeout should not be negative`);
  const authorization =
    basicAuthOf(authentication.basicAuth) ??
    (await tokens.authorization(authentication.oauth2, signal, insecure));
  const headers = { ...(authorization === undefined ? {} : { authorization }), ...headersOf(config.headers) };
  return { address: address.replace(/\/+$/, ''), headers, timeoutMs, insecure };
}

function basicAuthOf({ username = '', password = '' }: MetricAuthentication['basicAuth'] = {}):
  string | undefined {
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '')
    throw new QueryFailure('basicAuth needs both username and password');
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** What a refusal says: its status, how long to wait, and the beginning of its text. */
export function refusalOf({ status, retryAfter }: HttpAnswer, said: string): string {
  const wait = retryAfter === undefined ? '' : `, retry after ${retryAfter}`;
  const words = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  const text = said.trim().slice(0, maxShownCharacters);
  return `the server answered ${words}${wait}${text === '' ? '' : `: ${text}`}`;
}
