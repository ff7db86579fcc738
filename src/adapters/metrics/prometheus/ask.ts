import { isObject } from '#core/json/json.js';
import type { CallHttp, HttpAnswer } from '../http/call.js';
import { QueryFailure } from '../http/failure.js';
import { readJson } from '../http/json.js';
import { drive, type Connection, type Query } from './driver.js';

/** The answer of Prometheus as it came, values still the texts that Prometheus sent. */
export interface RawAnswer {
  readonly resultType: unknown;
  readonly result: unknown;
  readonly warnings: readonly string[];
}

/** The backend does not take the credentials; a token is worth fetching anew. */
export class Unauthorized extends QueryFailure {}

/** Asks by POST, and by GET a server that takes no POST. Throws QueryFailure in the words of Prometheus' own client. */
export async function ask(http: CallHttp, connection: Connection, query: Query): Promise<RawAnswer> {
  const byPost = await drive(http, connection, query, true);
  const isRefused = byPost.status === 405 || byPost.status === 501;
  return readAnswer(
    isRefused && connection.sign === undefined ? await drive(http, connection, query, false) : byPost,
  );
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
