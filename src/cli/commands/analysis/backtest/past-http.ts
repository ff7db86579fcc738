import type { CallHttp, HttpAnswer, HttpCall } from '#adapters/metrics/http/call.js';
import { isObject } from '#core/json/json.js';
import { objectAt, objectsAt } from '#core/json/read.js';
import type { Instant } from '#core/time/instant.js';

/** More points than Prometheus gives for one series. */
const mostPoints = 10_000;

/** Answers differ between a range and its moments for these: an order that is asked for, and the ends of a range. */
const onlyAtOnce = /@|\b(?:sort|sort_desc|sort_by_label|sort_by_label_desc|topk|bottomk|limitk)\s*\(/;

/** What is known of one query. */
interface Known {
  readonly firstAt: number;
  readonly type: unknown;
  /** By milliseconds; a moment without an entry was in no range. */
  readonly moments: Map<number, readonly Sample[]>;
}

interface Sample {
  readonly metric: unknown;
  readonly value: unknown;
}

/**
 * A client for Prometheus in which queries for one moment, repeated at even distances, become one query for a range up to
 * `until`: the answers are the same, since a range is nothing else than such queries. All others go through.
 */
export function pastHttp(http: CallHttp, until: () => Instant): CallHttp {
  const queries = new Map<string, Known>();
  return async (call) => {
    const query = readQuery(call);
    if (query === undefined) return http(call);
    const { key, atMs } = query;
    const known = queries.get(key);
    if (known === undefined) {
      const answer = await http(call);
      queries.set(key, { firstAt: atMs, type: typeOf(answer), moments: new Map() });
      return answer;
    }
    if (known.type !== 'vector' && known.type !== 'scalar') return http(call);
    if (known.moments.size === 0) await fillMoments(http, call, known, { query, until: until() });
    const samples = known.moments.get(atMs);
    return samples === undefined ? http(call) : answerOf(known.type, atMs, samples);
  };
}

interface AskedQuery {
  readonly key: string;
  readonly atMs: number;
  readonly text: string;
}

/** A query for one moment that may be part of a range; one that is signed may not be changed. */
function readQuery({ url, method, body, headers }: HttpCall): AskedQuery | undefined {
  const place = new URL(String(url));
  if (method !== 'POST' || body === undefined || !place.pathname.endsWith('/api/v1/query')) return undefined;
  const form = new URLSearchParams(body);
  const [text, time] = [form.get('query'), form.get('time')];
  const isSigned = headers?.['authorization']?.startsWith('AWS4-') === true;
  if (text === null || time === null || isSigned || onlyAtOnce.test(text)) return undefined;
  const atMs = Math.round(Number(time) * 1000);
  return Number.isFinite(atMs) ? { key: `${place.href} ${text}`, atMs, text } : undefined;
}

interface Wanted {
  readonly query: AskedQuery;
  readonly until: Instant;
}

/** Fills in the moments from now on, at the distance between the first query and this one. */
async function fillMoments(
  http: CallHttp,
  call: HttpCall,
  known: Known,
  { query, until }: Wanted,
): Promise<void> {
  const { atMs, text } = query;
  const stepMs = atMs - known.firstAt;
  if (stepMs <= 0 || atMs + stepMs > until) return;
  const endMs = Math.min(until, atMs + stepMs * mostPoints);
  const url = new URL(String(call.url));
  url.pathname = `${url.pathname}_range`;
  const body = new URLSearchParams({
    query: text,
    start: String(atMs / 1000),
    end: String(endMs / 1000),
    step: String(stepMs / 1000),
  });
  const answer = await http({ ...call, url, body: body.toString() });
  const series = seriesOf(answer);
  if (series === undefined) return;
  for (let moment = atMs; moment <= endMs; moment += stepMs) known.moments.set(moment, []);
  for (const { metric, values } of series) {
    for (const value of values) {
      const moment = Math.round(Number(Array.isArray(value) ? value[0] : Number.NaN) * 1000);
      const there = known.moments.get(moment);
      if (there !== undefined) known.moments.set(moment, [...there, { metric, value }]);
    }
  }
}

function dataOf({ status, text }: HttpAnswer): unknown {
  if (status !== 200) return undefined;
  try {
    const answer: unknown = JSON.parse(text);
    return isObject(answer) && answer['status'] === 'success' ? answer['data'] : undefined;
  } catch {
    // The source says what is wrong with an answer.
    return undefined;
  }
}

function typeOf(answer: HttpAnswer): unknown {
  const data = dataOf(answer);
  return isObject(data) ? data['resultType'] : undefined;
}

function seriesOf(
  answer: HttpAnswer,
): readonly { readonly metric: unknown; readonly values: readonly unknown[] }[] | undefined {
  const data = dataOf(answer);
  if (!isObject(data) || data['resultType'] !== 'matrix') return undefined;
  return objectsAt(data, 'result').map((series) => {
    const { values } = series;
    return { metric: objectAt(series, 'metric'), values: Array.isArray(values) ? values : [] };
  });
}

function answerOf(type: string, atMs: number, samples: readonly Sample[]): HttpAnswer {
  const result = type === 'scalar' ? (samples[0]?.value ?? [atMs / 1000, 'NaN']) : samples;
  const text = JSON.stringify({ status: 'success', data: { resultType: type, result } });
  return { status: 200, retryAfter: undefined, contentType: 'application/json', text };
}
