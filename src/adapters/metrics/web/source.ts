import { Agent, fetch, type RequestInit } from 'undici';
import type { WebMetric } from '#api/argoproj/analysis-template.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { headersOf } from '../http/headers.js';
import { OAuth2Tokens } from '../http/oauth2.js';
import { findByJsonPath } from './json-path.js';
import { toGoJson } from './json-text.js';

const defaultTimeoutSeconds = 10;
const maxAnswerBytes = 4 * 1024 * 1024;

/** Any HTTP endpoint; JSON answers are read by a JSONPath, others as text. */
export function createWebSource({ clock }: MetricSourceDeps): MetricSource {
  const tokens = new OAuth2Tokens(clock);
  const agent = new Agent();
  const insecureAgent = new Agent({ connect: { rejectUnauthorized: false } });
  return {
    id: 'web',
    measure: (request) => {
      const config = request.provider as WebMetric; // validated by the CRD's schema
      const timeoutMs = timeoutOf(config) * 1000;
      const dispatcher = config.insecure === true ? insecureAgent : agent;
      return outcomeOf(async () => {
        const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
        const init = requestOf(config, await tokens.authorization(config.authentication?.oauth2, signal));
        return readAnswer(config, await send(config.url, { ...init, signal, dispatcher }));
      }, timeoutMs);
    },
  };
}

function timeoutOf({ timeoutSeconds }: WebMetric): number {
  return timeoutSeconds === undefined || timeoutSeconds <= 0 ? defaultTimeoutSeconds : timeoutSeconds;
}

function requestOf(config: WebMetric, authorization: string | undefined): RequestInit {
  const method = config.method ?? 'GET';
  const hasBody = config.body !== undefined && config.body !== '';
  const hasJson = config.jsonBody !== undefined;
  if (hasBody && hasJson)
    throw new QueryFailure('use either Body or JSONBody; both cannot exists for WebMetric payload');
  if (method === 'GET' && (hasBody || hasJson)) {
    throw new QueryFailure('Body/JSONBody can only be used with POST or PUT WebMetric Method types');
  }
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    ...headersOf(config.headers),
    ...(hasJson ? { 'content-type': 'application/json' } : {}),
  };
  const body = hasJson ? JSON.stringify(config.jsonBody) : hasBody ? config.body : undefined;
  return { method, headers, ...(body === undefined ? {} : { body }) };
}

async function send(url: string, init: RequestInit): Promise<string> {
  const response = await fetch(url, init);
  if (!response.ok) {
    await response.body?.cancel();
    throw new QueryFailure(`received non 2xx response code: ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array; // a byte stream, as every response body is
    size += bytes.length;
    if (size > maxAnswerBytes) throw new QueryFailure(`the answer is larger than ${maxAnswerBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readAnswer(config: WebMetric, text: string): MetricOutcome {
  const data = parseJson(text);
  if (data === undefined) return { kind: 'value', result: text, value: text };
  const found = select(config.jsonPath || '{$}', data.value).find((matches) => matches.length > 0);
  if (found === undefined) throw new QueryFailure('result of web metric produced no value');
  return { kind: 'value', result: found[0], value: toGoJson(found[0]) };
}

function select(path: string, data: unknown): readonly (readonly unknown[])[] {
  try {
    return findByJsonPath(path, data);
  } catch (thrown) {
    if (!(thrown instanceof QueryFailure)) throw thrown;
    throw new QueryFailure(`Could not find JSONPath in body: ${thrown.message}`);
  }
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    // Text that is no JSON is a value of its own.
    return undefined;
  }
}
