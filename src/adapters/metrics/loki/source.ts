import type { LokiMetric } from '#api/argoproj/metric-provider.js';
import { isObject } from '#core/json/json.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { reachBackend, refusalOf, timeoutMsOf } from '../http/backend.js';
import type { HttpAnswer } from '../http/call.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { readJson } from '../http/json.js';
import { OAuth2Tokens } from '../http/oauth2.js';
import { readRange } from '../prometheus/range.js';
import { readResult } from '../prometheus/result.js';

/** Grafana Loki: LogQL queries that give numbers, read as those of Prometheus are. */
export function createLokiSource(deps: MetricSourceDeps): MetricSource {
  const { clock } = deps;
  const http = callerOf(deps);
  const tokens = new OAuth2Tokens(clock, http);
  return {
    id: 'loki',
    describe: (provider) => {
      const { query = '' } = configOf(provider);
      return query === '' ? {} : { ResolvedLokiQuery: query };
    },
    measure: ({ provider, signal, splitBy }) => {
      const config = configOf(provider);
      return outcomeOf(async () => {
        const path = pathOf(config, clock.now());
        const { address, ...backend } = await reachBackend('loki', config, { tokens, signal });
        const tenant = config.tenant === undefined ? {} : { 'x-scope-orgid': config.tenant };
        const headers = { ...tenant, ...backend.headers };
        const answer = await http({ ...backend, headers, url: `${address}${path}`, signal });
        if (answer.status === 401) tokens.forget(config.authentication?.oauth2);
        return readAnswer(answer, splitBy);
      }, timeoutMsOf(config));
    },
  };
}

function configOf(provider: unknown): LokiMetric {
  return provider as LokiMetric; // validated by the CRD's schema
}

/** Loki takes times in nanoseconds. */
function pathOf({ query = '', rangeQuery }: LokiMetric, nowMs: number): string {
  const nanos = (ms: number) => (BigInt(Math.round(ms * 1000)) * 1000n).toString();
  if (rangeQuery === undefined) {
    return `/loki/api/v1/query?${new URLSearchParams({ query, time: nanos(nowMs) }).toString()}`;
  }
  const { startMs, endMs, stepSeconds } = readRange(rangeQuery, nowMs);
  const range = { query, start: nanos(startMs), end: nanos(endMs), step: String(stepSeconds) };
  return `/loki/api/v1/query_range?${new URLSearchParams(range).toString()}`;
}

function readAnswer(answer: HttpAnswer, splitBy?: readonly string[]): MetricOutcome {
  if (answer.status !== 200) throw new QueryFailure(refusalOf(answer, answer.text));
  const body = readJson(answer.text);
  const data = isObject(body) ? body['data'] : undefined;
  if (!isObject(body) || body['status'] !== 'success' || !isObject(data)) {
    throw new QueryFailure('the answer is not that of a Loki query');
  }
  if (data['resultType'] === 'streams') {
    throw new QueryFailure(
      'the query gives log lines, not numbers: count them, for instance with count_over_time',
    );
  }
  const warnings = Array.isArray(body['warnings']) ? body['warnings'].map(String) : [];
  return readResult({ resultType: data['resultType'], result: data['result'], warnings }, splitBy);
}
