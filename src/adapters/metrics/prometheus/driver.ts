import { PrometheusDriver } from 'prometheus-query';
import type { SignableRequest } from '../aws/sign.js';
import type { CallHttp, HttpAnswer } from '../http/call.js';
import { QueryFailure } from '../http/failure.js';

export interface Connection {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
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

type DriverOptions = ConstructorParameters<typeof PrometheusDriver>[0];
type RequestHook = NonNullable<NonNullable<DriverOptions['requestInterceptor']>['onFulfilled']>;
type DriverRequest = Parameters<RequestHook>[0];
type Carrier = Exclude<NonNullable<DriverRequest['adapter']>, string | readonly unknown[]>;

/**
 * One query as prometheus-query puts it, carried by the client of all backends: with its proxies, its guard and its
 * connections. The answer is handed on as it came, because the package reads values with parseFloat ("+Inf" becomes
 * NaN), drops warnings, and hides the status of answers that are no JSON.
 */
export async function drive(
  http: CallHttp,
  connection: Connection,
  query: Query,
  preferPost: boolean,
): Promise<HttpAnswer> {
  const base = new URL(connection.address);
  let outcome: Promise<HttpAnswer> | undefined;
  const carry: Carrier = async (config) => {
    outcome = http(callOf(config, base.search, connection));
    const { status, text } = await outcome;
    return { status, statusText: '', headers: {}, config, data: text };
  };
  const driver = new PrometheusDriver({
    endpoint: endpointOf(base),
    headers: connection.headers,
    timeout: connection.timeoutMs,
    preferPost,
    requestInterceptor: { onFulfilled: (config) => ({ ...config, adapter: carry }) },
  });
  const parsed = await Promise.allSettled([send(driver, query)]);
  if (outcome !== undefined) return outcome;
  throw new QueryFailure(`the query was not sent: ${JSON.stringify(parsed)}`);
}

function endpointOf(base: URL): string {
  const endpoint = new URL(base);
  endpoint.search = '';
  endpoint.pathname = endpoint.pathname.replace(/\/+$/, '');
  return endpoint.href;
}

async function send(driver: PrometheusDriver, query: Query): Promise<void> {
  if (query.kind === 'instant') await driver.instantQuery(query.query, query.atMs);
  else await driver.rangeQuery(query.query, query.startMs, query.endMs, query.stepSeconds);
}

function callOf(
  config: DriverRequest,
  search: string,
  { headers, timeoutMs, insecure, signal, sign }: Connection,
): Parameters<CallHttp>[0] {
  const url = new URL(`${config.baseURL ?? ''}${config.url ?? ''}`);
  url.search = search;
  const common = { url, timeoutMs, insecure, signal };
  if (config.method?.toUpperCase() !== 'POST') {
    for (const [name, value] of new URLSearchParams(String(config.params))) url.searchParams.set(name, value);
    return { ...common, headers };
  }
  const body = String(config.data);
  const all = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
  const signature = sign?.({ method: 'POST', url, headers: all, body }) ?? {};
  return { ...common, method: 'POST', headers: { ...all, ...signature }, body };
}
