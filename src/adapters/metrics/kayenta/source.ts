import type { KayentaMetric } from '#api/argoproj/metric-provider.js';
import type { Measurement } from '#api/argoproj/analysis-run.js';
import { isObject } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';
import { addMs, parseInstant, type Instant } from '#core/time/instant.js';
import type { MetricOutcome, MetricRequest, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import type { CallHttp } from '../http/call.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { readJson } from '../http/json.js';
import { bodyOf } from './scopes.js';

const timeoutMs = 15_000;
const lookAgainMs = 15_000;
const executionKey = 'canaryExecutionId';

/** Kayenta of Spinnaker: starts a canary analysis, looks after it every 15 s, and judges its score by the thresholds. */
export function createKayentaSource(deps: MetricSourceDeps): MetricSource {
  const { clock } = deps;
  const http = callerOf(deps);
  return {
    id: 'kayenta',
    measure: (request) => outcomeOf(() => start(askerOf(http, request), request, clock.now()), timeoutMs),
    resume: async (request, { metadata = {} }) => ({
      ...(await outcomeOf(() => look(askerOf(http, request), request, metadata, clock.now()), timeoutMs)),
      metadata,
    }),
    // As at the peer, a canary analysis cannot be ended: what was measured so far stays as it is.
    terminate: (_request, measurement) => Promise.resolve(unchanged(measurement)),
  };
}

function configOf({ provider }: MetricRequest): KayentaMetric {
  return provider as KayentaMetric; // validated by the CRD's schema
}

function unchanged({ metadata = {}, resumeAt: at }: Measurement): MetricOutcome {
  const resumeAt = parseInstant(at);
  return { kind: 'running', metadata, ...(resumeAt === undefined ? {} : { resumeAt }) };
}

async function start(ask: Ask, request: MetricRequest, now: Instant): Promise<MetricOutcome> {
  const config = configOf(request);
  const id = await findConfig(ask, request);
  const params = new URLSearchParams({
    application: config.application,
    metricsAccountName: config.metricsAccountName,
    configurationAccountName: config.configurationAccountName,
    storageAccountName: config.storageAccountName,
  });
  const body = JSON.stringify(bodyOf(request.metric, config, request.run.status?.startedAt, now));
  const answer = await ask(`/canary/${encodeURIComponent(id)}?${params.toString()}`, body);
  const given = isObject(answer) ? answer[executionKey] : undefined;
  const execution = typeof given === 'number' || typeof given === 'string' ? String(given) : '';
  if (execution === '') throw new QueryFailure('Invalid canaryExecutionId');
  return { kind: 'running', resumeAt: addMs(now, lookAgainMs), metadata: { [executionKey]: execution } };
}

/** The peer sends the storage account under the name of the configuration account, and so do we. */
async function findConfig(ask: Ask, request: MetricRequest): Promise<string> {
  const { application, storageAccountName, canaryConfigName } = configOf(request);
  const params = new URLSearchParams({ application, configurationAccountName: storageAccountName });
  const configs = await ask(`/canaryConfig?${params.toString()}`);
  if (!Array.isArray(configs) && configs !== null)
    throw new QueryFailure('the answer is no list of canary configs');
  const found = (configs ?? []).filter(isObject).find((config) => config['name'] === canaryConfigName);
  if (found === undefined) throw new QueryFailure('Canary config not found');
  return textAt(found, 'id') ?? '';
}

async function look(
  ask: Ask,
  request: MetricRequest,
  metadata: Readonly<Record<string, string>>,
  now: Instant,
): Promise<MetricOutcome> {
  const execution = encodeURIComponent(metadata[executionKey] ?? '');
  const answer = await ask(`/canary/${execution}`);
  const complete = isObject(answer) ? answer['complete'] : undefined;
  if (typeof complete !== 'boolean') throw new QueryFailure('Missing Complete Status');
  if (!complete) return { kind: 'running', resumeAt: addMs(now, lookAgainMs) };
  const judged = objectAt(objectAt(objectAt(answer, 'result'), 'judgeResult'), 'score');
  if (typeof judged['score'] !== 'number') throw new QueryFailure('Missing Score');
  const score = Math.trunc(judged['score']);
  return { kind: 'judged', phase: phaseOf(score, configOf(request).threshold), value: String(score) };
}

function phaseOf(
  score: number,
  { pass, marginal }: KayentaMetric['threshold'],
): 'Successful' | 'Inconclusive' | 'Failed' {
  if (score >= pass) return 'Successful';
  return score >= marginal ? 'Inconclusive' : 'Failed';
}

/** GET, or POST when there is a body. */
type Ask = (path: string, body?: string) => Promise<unknown>;

function askerOf(http: CallHttp, request: MetricRequest): Ask {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' } } as const;
  return async (path, body) => {
    const { status, text } = await http({
      url: `${configOf(request).address}${path}`,
      ...(body === undefined ? {} : { ...post, body }),
      signal: request.signal,
      timeoutMs,
    });
    if (status !== 200) {
      throw new QueryFailure(
        path.startsWith('/canaryConfig') ? `Invalid Response: HTTP ${status}` : 'Invalid Response',
      );
    }
    return readJson(text);
  };
}
