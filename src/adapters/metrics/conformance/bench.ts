import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import type { FakeHttpServer } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { createHttpClient, type CallHttp } from '../http/call.js';
import { metricSources } from '../index.js';
import { keyedSubjects } from './keyed-subjects.js';
import { openSubjects } from './open-subjects.js';
import type { Body, Expected, Subject } from './subject.js';

/** Every source that asks over HTTP. */
export const subjects: readonly Subject[] = [...openSubjects, ...keyedSubjects];

/** What tells two subjects of one source apart. */
export function nameOf({ id, provider }: Subject): string {
  const { apiVersion = '' } = provider('') as { apiVersion?: string };
  return `${id} ${apiVersion}`.trim();
}

const clock = { now: () => instantOf(Date.UTC(2026, 0, 1)), schedule: () => () => undefined };

interface How {
  readonly signal?: AbortSignal;
  readonly http?: CallHttp;
}

/** One measurement of the subject's source against a backend at this address. */
export function measure(subject: Subject, address: string, how: How = {}): Promise<MetricOutcome> {
  const { env = () => ({}) } = subject;
  const found = subject.secrets?.(address) ?? {};
  const sources = metricSources({
    clock,
    env: env(address),
    http: how.http ?? createHttpClient({ env: {} }),
    readSecret: (name) => Promise.resolve(found[name] ?? {}),
  });
  const { signal = new AbortController().signal } = how;
  const request = metricRequest(subject.id, subject.provider(address), { signal });
  const metric = { ...request.metric, interval: '1m' };
  return sources[subject.id]?.measure({ ...request, metric }) ?? Promise.reject(new Error(subject.id));
}

/** Lets the server answer like this, whatever is asked. */
export function answerWith(
  server: FakeHttpServer,
  body: Body,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  server.answer = ({ path }, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : body(path));
  };
}

/** Compares what is stored of an outcome. */
export function expectOutcome(outcome: MetricOutcome, expected: Expected): void {
  if ('value' in expected) expect(outcome).to.deep.include({ kind: 'value', ...expected });
  else if ('message' in expected) expect(outcome).to.deep.include({ kind: 'error', ...expected });
  else expect(outcome).to.deep.include({ kind: 'running' });
}
