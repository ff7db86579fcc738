import type { MetricProvider } from '#api/argoproj/metric-provider.js';
import { isObject } from '#core/json/json.js';
import { objectsAt, textAt } from '#core/json/read.js';
import { goDurationError, parseGoDuration } from '#core/time/duration.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import type { HttpAnswer } from '../http/call.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { readJson } from '../http/json.js';
import { toGoJson } from '../web/json-text.js';

type SkyWalkingMetric = NonNullable<MetricProvider['skywalking']>;

const timeoutMs = 30_000;

/** SkyWalking's GraphQL API; the query finds its window in the variable `duration`. */
export function createSkyWalkingSource(deps: MetricSourceDeps): MetricSource {
  const { clock } = deps;
  const http = callerOf(deps);
  return {
    id: 'skywalking',
    measure: ({ provider, signal }) =>
      outcomeOf(async (): Promise<MetricOutcome> => {
        const config = provider as SkyWalkingMetric; // validated by the CRD's schema
        const body = bodyOf(config, clock.now());
        const headers = {
          'content-type': 'application/json; charset=utf-8',
          accept: 'application/json; charset=utf-8',
        };
        const url = `${config.address ?? ''}/graphql`;
        return readAnswer(await http({ url, method: 'POST', headers, body, signal, timeoutMs }));
      }, timeoutMs),
  };
}

function bodyOf({ query = '', interval = '' }: SkyWalkingMetric, nowMs: number): string {
  const windowMs = parseGoDuration(interval);
  if (windowMs === undefined) throw new QueryFailure(goDurationError(interval));
  const duration = { start: minuteOf(nowMs - windowMs), end: minuteOf(nowMs), step: 'MINUTE' };
  return JSON.stringify({ query, variables: { duration } });
}

/** `2026-01-31 1504` in the time zone of this process, as the peer has it. */
function minuteOf(epochMs: number): string {
  const at = new Date(epochMs);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [String(at.getFullYear()).padStart(4, '0'), two(at.getMonth() + 1), two(at.getDate())].join(
    '-',
  );
  return `${day} ${two(at.getHours())}${two(at.getMinutes())}`;
}

function readAnswer({ status, text }: HttpAnswer): MetricOutcome {
  const answer = decode(status, text);
  const [error] = objectsAt(answer, 'errors');
  if (error !== undefined) throw new QueryFailure(`graphql: ${textAt(error, 'message') ?? ''}`);
  if (status !== 200) throw new QueryFailure(nonOk(status));
  const data = isObject(answer) ? (answer['data'] ?? null) : null;
  if (data === null) throw new QueryFailure('no results returned from SkyWalking query');
  return { kind: 'value', result: data, value: toGoJson(data) };
}

function decode(status: number, text: string): unknown {
  try {
    return readJson(text);
  } catch (thrown) {
    if (!(thrown instanceof QueryFailure)) throw thrown;
    throw new QueryFailure(status === 200 ? `decoding response: ${thrown.message}` : nonOk(status));
  }
}

function nonOk(status: number): string {
  return `graphql: server returned a non-200 status code: ${status}`;
}
