import { isObject } from '#core/json/json.js';
import type { SignableRequest } from '../aws/sign.js';
import type { CallHttp, HttpAnswer } from '../http/call.js';
import { QueryFailure } from '../http/failure.js';
import { readJson } from '../http/json.js';

/** The answer of Prometheus as it came, values still the texts that Prometheus sent. */
export interface RawAnswer {
  readonly resultType: unknown;
  readonly result: unknown;
  readonly warnings: readonly string[];
}

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

/** The backend does not take the credentials; a token is worth fetching anew. */
export class Unauthorized extends QueryFailure {}

/** Asks by POST, and by GET a server that takes no POST. Throws QueryFailure in the words of Prometheus' own client. */
export async function ask(http: CallHttp, connection: Connection, query: Query): Promise<RawAnswer> {
  const { headers, timeoutMs, insecure, signal, sign } = connection;
  const common = { timeoutMs, insecure, signal };
  const url = urlOf(connection.address, query);
  const form = formOf(query);
  const body = form.toString();
  const all = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
  const signature = sign?.({ method: 'POST', url, headers: all, body }) ?? {};
  const byPost = await http({ ...common, url, method: 'POST', headers: { ...all, ...signature }, body });
  if (sign !== undefined || (byPost.status !== 405 && byPost.status !== 501)) return readAnswer(byPost);
  for (const [name, value] of form) url.searchParams.set(name, value);
  return readAnswer(await http({ ...common, url, headers }));
}

function urlOf(address: string, { kind }: Query): URL {
  const url = new URL(address);
  const path = kind === 'instant' ? 'query' : 'query_range';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/${path}`;
  return url;
}

function formOf(query: Query): URLSearchParams {
  const seconds = (ms: number): string => String(ms / 1000);
  if (query.kind === 'instant') return new URLSearchParams({ query: query.query, time: seconds(query.atMs) });
  return new URLSearchParams({
    query: query.query,
    start: seconds(query.startMs),
    end: seconds(query.endMs),
    step: String(query.stepSeconds),
  });
}

/** Only with these Prometheus says itself what is wrong. */
const explained: readonly number[] = [400, 422];

function readAnswer({ status, text }: HttpAnswer): RawAnswer {
  if (status === 401) throw new Unauthorized('client_error: client error: 401');
  if (!explained.includes(status)) {
    if (status >= 500) throw new QueryFailure(`server_error: server error: ${status}`);
    if (status >= 400) throw new QueryFailure(`client_error: client error: ${status}`);
    if (status > 299) throw new QueryFailure(`bad_response: bad response code ${status}`);
  }
  const answer = bodyOf(text);
  if (answer['status'] === 'error') {
    throw new QueryFailure(`${String(answer['errorType'])}: ${String(answer['error'])}`);
  }
  const data = answer['data'];
  if (explained.includes(status) || answer['status'] !== 'success' || !isObject(data)) {
    throw new QueryFailure('bad_response: the answer is not that of a Prometheus query');
  }
  const warnings = Array.isArray(answer['warnings']) ? answer['warnings'].map(String) : [];
  return { resultType: data['resultType'], result: data['result'], warnings };
}

function bodyOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const answer = readJson(text);
    return isObject(answer) ? answer : {};
  } catch (thrown) {
    if (!(thrown instanceof QueryFailure)) throw thrown;
    throw new QueryFailure(`bad_response: ${thrown.message}`);
  }
}
