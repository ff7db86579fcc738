import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { PrometheusDriver } from 'prometheus-query';
import { isObject } from '#core/json/json.js';
import type { SignableRequest } from '../aws/sign.js';
import { QueryFailure } from '../http/failure.js';

type DriverOptions = ConstructorParameters<typeof PrometheusDriver>[0];
type RequestHook = NonNullable<DriverOptions['requestInterceptor']>['onFulfilled'];

/** The answer of Prometheus as it came, values still the texts that Prometheus sent. */
export interface RawAnswer {
  readonly resultType: unknown;
  readonly result: unknown;
  readonly warnings: readonly string[];
}

export interface Connection {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly basicAuth: { readonly username: string; readonly password: string } | undefined;
  readonly timeoutMs: number;
  /** Do not check the server's certificate. */
  readonly insecure: boolean;
  readonly signal: AbortSignal;
  /** Headers that sign a request for AWS. Present: queries are sent by POST only, as Amazon's service takes them. */
  readonly sign?: (request: SignableRequest) => Readonly<Record<string, string>>;
}

export type Query =
  | { readonly kind: 'instant'; readonly query: string; readonly atMs: number }
  | {
      readonly kind: 'range';
      readonly query: string;
      readonly startMs: number;
      readonly endMs: number;
      readonly stepSeconds: number;
    };

const maxAnswerBytes = 16 * 1024 * 1024;
const httpAgent = new HttpAgent({ keepAlive: true });
const httpsAgent = new HttpsAgent({ keepAlive: true });
const insecureAgent = new HttpsAgent({ keepAlive: true, rejectUnauthorized: false });

/**
 * Asks through prometheus-query. What the package gets wrong is worked around here: it parses values with parseFloat
 * ("+Inf" becomes NaN), drops warnings, and hides the status of answers that are no JSON. So its hooks keep the answer as
 * it came, and that is what is returned.
 */
export async function ask(connection: Connection, query: Query): Promise<RawAnswer> {
  const byPost = await attempt(connection, query, true);
  const isRefused = byPost.status === 405 || byPost.status === 501;
  return readAnswer(
    isRefused && connection.sign === undefined ? await attempt(connection, query, false) : byPost,
  );
}

/** What was seen of one request. */
interface Seen {
  status?: number;
  body?: unknown;
  problem?: string;
}

async function attempt(connection: Connection, query: Query, preferPost: boolean): Promise<Seen> {
  const seen: Seen = {};
  const driver = new PrometheusDriver({
    endpoint: connection.address,
    headers: connection.headers,
    timeout: connection.timeoutMs,
    preferPost,
    ...(connection.basicAuth === undefined ? {} : { auth: connection.basicAuth }),
    requestInterceptor: { onFulfilled: prepareRequest(connection) },
    responseInterceptor: {
      onFulfilled: (response) => {
        seen.status = response.status;
        seen.body = response.data;
        return response;
      },
      onRejected: (error: unknown) => {
        const response = isObject(error) && isObject(error['response']) ? error['response'] : {};
        if (typeof response['status'] === 'number') seen.status = response['status'];
        seen.body = response['data'];
        throw error;
      },
    },
  });
  try {
    await send(driver, query);
  } catch (thrown) {
    // The package throws plain objects; what they hide is in `seen`.
    seen.problem = connection.signal.aborted
      ? 'the measurement was cancelled'
      : describe(thrown, connection.timeoutMs);
  }
  return seen;
}

function prepareRequest(connection: Connection): RequestHook {
  return (config) => {
    Object.assign(config, {
      signal: connection.signal,
      httpAgent,
      httpsAgent: connection.insecure ? insecureAgent : httpsAgent,
      maxContentLength: maxAnswerBytes,
    });
    if (connection.sign === undefined) return config;
    const body = String(config.data);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const url = new URL(`${config.baseURL ?? ''}${config.url ?? ''}`);
    config.data = body;
    config.headers.set({ ...headers, ...connection.sign({ method: 'POST', url, headers, body }) });
    return config;
  };
}

async function send(driver: PrometheusDriver, query: Query): Promise<void> {
  if (query.kind === 'instant') await driver.instantQuery(query.query, query.atMs);
  else await driver.rangeQuery(query.query, query.startMs, query.endMs, query.stepSeconds);
}

function describe(thrown: unknown, timeoutMs: number): string {
  const { errorType, error, code } = isObject(thrown) ? thrown : {};
  if (errorType === 'timeout_error' || code === 'ETIMEDOUT') return `no answer within ${timeoutMs / 1000}s`;
  if (typeof error === 'string' && error !== '') return error;
  if (typeof code === 'string') return code;
  return thrown instanceof Error ? thrown.message : 'the query failed';
}

/** The backend does not take the credentials; a token is worth fetching anew. */
export class Unauthorized extends QueryFailure {}

/** The answer that was seen, or why it is none. Throws QueryFailure. */
function readAnswer({ status, body, problem }: Seen): RawAnswer {
  if (status === undefined) throw new QueryFailure(problem ?? 'no answer');
  const answer = isObject(body) ? body : {};
  if (answer['status'] === 'error') {
    throw new QueryFailure(`${String(answer['errorType'])}: ${String(answer['error'])}`);
  }
  if (status === 401) throw new Unauthorized('client_error: client error: 401');
  if (status >= 500) throw new QueryFailure(`server_error: server error: ${status}`);
  if (status >= 400) throw new QueryFailure(`client_error: client error: ${status}`);
  const data = answer['data'];
  if (answer['status'] !== 'success' || !isObject(data)) {
    throw new QueryFailure('bad_response: the answer is not that of a Prometheus query');
  }
  const warnings = Array.isArray(answer['warnings']) ? answer['warnings'].map(String) : [];
  return { resultType: data['resultType'], result: data['result'], warnings };
}
