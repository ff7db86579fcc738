import { Agent, fetch } from 'undici';
import { QueryFailure } from './failure.js';

/** One request to a metrics backend. */
export interface HttpCall {
  readonly url: string | URL;
  readonly method?: 'GET' | 'POST' | 'PUT';
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
  readonly text: string;
}

const maxAnswerBytes = 16 * 1024 * 1024;
const agent = new Agent();
const insecureAgent = new Agent({ connect: { rejectUnauthorized: false } });

/** Calls a backend and reads its whole answer, up to 16 MiB. Throws QueryFailure, or what fetch throws when nobody answers. */
export async function callHttp(call: HttpCall): Promise<HttpAnswer> {
  const response = await fetch(call.url, {
    method: call.method ?? 'GET',
    headers: { ...call.headers },
    ...(call.body === undefined ? {} : { body: call.body }),
    signal: AbortSignal.any([call.signal, AbortSignal.timeout(call.timeoutMs)]),
    dispatcher: call.insecure === true ? insecureAgent : agent,
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array; // a byte stream, as every response body is
    size += bytes.length;
    if (size > maxAnswerBytes) throw new QueryFailure(`the answer is larger than ${maxAnswerBytes} bytes`);
    chunks.push(bytes);
  }
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after') ?? undefined,
    text: Buffer.concat(chunks).toString('utf8'),
  };
}
