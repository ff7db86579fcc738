import type { WebMetric } from '#api/argoproj/analysis-template.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import type { HttpCall } from '../http/call.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { headersOf } from '../http/headers.js';
import { readJson } from '../http/json.js';
import { OAuth2Tokens } from '../http/oauth2.js';
import { findByJsonPath, parseJsonPath, type JsonPath } from './json-path/json-path.js';
import { toGoJson } from './json-text.js';

const defaultTimeoutSeconds = 10;

/** Any HTTP endpoint; JSON answers are read by a JSONPath, others as text. */
export function createWebSource(deps: MetricSourceDeps): MetricSource {
  const http = callerOf(deps);
  const tokens = new OAuth2Tokens(deps.clock, http);
  return {
    id: 'web',
    measure: (request) => {
      const config = request.provider as WebMetric; // validated by the CRD's schema
      const timeoutMs = timeoutOf(config) * 1000;
      const { insecure = false } = config;
      return outcomeOf(async () => {
        const path = parseJsonPath(config.jsonPath || '{$}');
        const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
        const authorization = await tokens.authorization(config.authentication?.oauth2, signal, insecure);
        const call = { ...callOf(config, authorization), url: config.url, signal, timeoutMs, insecure };
        const { status, text } = await http(call);
        if (status === 401) tokens.forget(config.authentication?.oauth2);
        if (status < 200 || status > 299) throw new QueryFailure(`received non 2xx response code: ${status}`);
        return readAnswer(path, text);
      }, timeoutMs);
    },
  };
}

function timeoutOf({ timeoutSeconds }: WebMetric): number {
  return timeoutSeconds === undefined || timeoutSeconds <= 0 ? defaultTimeoutSeconds : timeoutSeconds;
}

function callOf(
  config: WebMetric,
  authorization: string | undefined,
): Pick<HttpCall, 'method' | 'headers' | 'body'> {
  const method = config.method ?? 'GET';
  const hasBody = config.body !== undefined && config.body !== '';
  const hasJson = config.jsonBody !== undefined;
  if (hasBody && hasJson)
    throw new QueryFailure('use either Body or JSONBody; both cannot exists for WebMetric payload');
  if (method === 'GET' && (hasBody || hasJson)) {
    throw new QueryFailure('Body/JSONBody can only be used with POST or PUT WebMetric Method types');
  }
  const headers = {
    ...headersOf(config.headers),
    ...(authorization === undefined ? {} : { authorization }),
    ...(hasJson ? { 'content-type': 'application/json' } : {}),
  };
  const body = hasJson ? JSON.stringify(config.jsonBody) : hasBody ? config.body : undefined;
  return { method, headers, ...(body === undefined ? {} : { body }) };
}

function readAnswer(path: JsonPath, text: string): MetricOutcome {
  const data = parseJson(text);
  if (data === undefined) return { kind: 'value', result: text, value: text };
  const found = select(path, data.value).find((matches) => matches.length > 0);
  if (found === undefined) throw new QueryFailure('result of web metric produced no value');
  return { kind: 'value', result: found[0], value: toGoJson(found[0]) };
}

function select(path: JsonPath, data: unknown): readonly (readonly unknown[])[] {
  try {
    return findByJsonPath(path, data);
  } catch (thrown) {
    if (!(thrown instanceof QueryFailure)) throw thrown;
    throw new QueryFailure(`Could not find JSONPath in body: ${thrown.message}`);
  }
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: readJson(text) };
  } catch (thrown) {
    if (!(thrown instanceof QueryFailure)) throw thrown;
    // Text that is no JSON is a value of its own.
    return undefined;
  }
}
