import type { Problem } from '#core/view/wire/stream.js';
import { currentKey } from './key.js';

/** An answer that is no success, with what the server said. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly problem: Problem & { readonly mode?: string; readonly missing?: string };

  constructor(status: number, problem: HttpProblem['problem']) {
    super(status < 500 ? problem.message : `${problem.message} (request ${problem.requestId})`);
    this.status = status;
    this.problem = problem;
  }
}

function headers(extra: Record<string, string> = {}): Record<string, string> {
  const key = currentKey();
  return key === null ? extra : { authorization: `Bearer ${key}`, ...extra };
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const unreadable = { code: 'Unreadable', message: `the server answered ${response.status}`, requestId: '' };
  const problem: HttpProblem['problem'] = await response.json().catch(() => unreadable);
  throw new HttpProblem(response.status, problem);
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await checked(await fetch(path, { headers: headers(), signal: signal ?? null }));
  const body: T = await response.json();
  return body;
}

export async function postJson<T>(path: string, content: unknown): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    headers: headers({ 'content-type': 'application/json', 'x-sluice': '1' }),
    body: JSON.stringify(content),
  });
  const body: T = await (await checked(response)).json();
  return body;
}

/** Reads server-sent events; returns when the server ends them, throws when they break. */
export async function readStream(
  path: string,
  signal: AbortSignal,
  onMessage: (message: unknown) => void,
): Promise<void> {
  const response = await checked(await fetch(path, { headers: headers(), signal }));
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = event
        .split('\n')
        .filter((line) => line.startsWith('data: '))
        .map((line) => line.slice(6))
        .join('\n');
      if (data !== '') onMessage(JSON.parse(data));
    }
  }
}
