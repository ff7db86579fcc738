import type { SeenRequest } from './http-server.js';
import { FakeHttpServer, sendJson } from './http-server.js';

/** The series of a query at a moment (seconds since 1970): their labels and values; `undefined`: it is no query. */
export type PastData = (query: string, at: number) => readonly PastSeries[] | number | undefined;

export interface PastSeries {
  readonly metric?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus on loopback that remembers what it is told; it speaks `query` and `query_range` as the real one. */
export class PastPrometheus {
  readonly #server: FakeHttpServer;

  private constructor(server: FakeHttpServer, data: PastData) {
    this.#server = server;
    server.answer = (request, response) => {
      const { status, body } = answer(request, data);
      sendJson(response, status, body);
    };
  }

  static async start(data: PastData): Promise<PastPrometheus> {
    return new PastPrometheus(await FakeHttpServer.start(), data);
  }

  get url(): string {
    return this.#server.url;
  }

  /** Path and form of each request since the last look. */
  requests(): readonly { readonly path: string; readonly form: Readonly<Record<string, string>> }[] {
    return this.#server.seen
      .splice(0)
      .map(({ path, body }) => ({ path, form: Object.fromEntries(new URLSearchParams(body)) }));
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }
}

const mostPoints = 11_000;

function answer({ path, body }: SeenRequest, data: PastData): { status: number; body: object } {
  const form = new URLSearchParams(body);
  const query = form.get('query') ?? '';
  if (path.endsWith('/query_range')) return answerRange(form, query, data);
  const at = Number(form.get('time'));
  const found = query === 'vector(1)' ? [{ value: 1 }] : data(query, at);
  if (found === undefined) return refusal(`invalid parameter "query": parse error in ${query}`);
  if (typeof found === 'number') return success('scalar', [at, print(found)]);
  return success(
    'vector',
    found.map(({ metric = {}, value }) => ({ metric, value: [at, print(value)] })),
  );
}

function answerRange(form: URLSearchParams, query: string, data: PastData): { status: number; body: object } {
  const [start = 0, end = 0, step = 0] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
  if (step <= 0) return refusal('zero or negative query resolution step widths are not accepted');
  if ((end - start) / step > mostPoints)
    return refusal('exceeded maximum resolution of 11,000 points per timeseries');
  const series = new Map<string, { metric: object; values: (readonly [number, string])[] }>();
  for (let i = 0; start + i * step <= end; i += 1) {
    const at = start + i * step;
    const found = data(query, at);
    if (found === undefined) return refusal(`invalid parameter "query": parse error in ${query}`);
    for (const { metric = {}, value } of typeof found === 'number' ? [{ value: found }] : found) {
      const key = JSON.stringify(metric);
      const known = series.get(key) ?? { metric, values: [] };
      known.values.push([at, print(value)]);
      series.set(key, known);
    }
  }
  return success('matrix', [...series.values()]);
}

function success(resultType: string, result: unknown): { status: number; body: object } {
  return { status: 200, body: { status: 'success', data: { resultType, result } } };
}

function refusal(error: string): { status: number; body: object } {
  return { status: 400, body: { status: 'error', errorType: 'bad_data', error } };
}

function print(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
