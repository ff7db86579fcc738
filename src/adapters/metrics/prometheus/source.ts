import type { PrometheusMetric } from '#api/argoproj/analysis-template.js';
import type { MetricOutcome, MetricRequest, MetricSource } from '#ports/metric-source.js';
import type { Clock } from '#ports/clock.js';
import { AwsIdentities } from '../aws/identity.js';
import { signRequest } from '../aws/sign.js';
import type { MetricSourceDeps } from '../deps.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { headersOf } from '../http/headers.js';
import type { CallHttp } from '../http/call.js';
import { callerOf } from '../http/caller.js';
import { OAuth2Tokens } from '../http/oauth2.js';
import { ask, Unauthorized } from './ask.js';
import type { Connection, Query } from './driver.js';
import { readRange } from './range.js';
import { readResult } from './result.js';

const defaultTimeoutSeconds = 30;
const addressVariable = 'ARGO_ROLLOUTS_PROMETHEUS_ADDRESS';

/** Prometheus, and whatever speaks its query API: instant and range queries. */
export function createPrometheusSource(given: MetricSourceDeps): MetricSource {
  const { clock, env } = given;
  const http = callerOf(given);
  const tokens = new OAuth2Tokens(clock, http);
  const deps = { http, clock, tokens, identities: new AwsIdentities({ clock, env, http }) };
  return {
    id: 'prometheus',
    describe: (provider) => {
      const { query = '' } = configOf(provider);
      return query === '' ? {} : { ResolvedPrometheusQuery: query };
    },
    measure: (request) => {
      const config = configOf(request.provider);
      const timeoutMs = timeoutOf(config) * 1000;
      return outcomeOf(async (): Promise<MetricOutcome> => {
        const query = queryOf(config, clock.now());
        const connection = await connect(config, request, { ...deps, fallback: env[addressVariable] });
        try {
          return readResult(await ask(http, connection, query), request.splitBy);
        } catch (thrown) {
          if (thrown instanceof Unauthorized) deps.tokens.forget(config.authentication?.oauth2);
          throw thrown;
        }
      }, timeoutMs);
    },
  };
}

function configOf(provider: unknown): PrometheusMetric {
  return provider as PrometheusMetric; // validated by the CRD's schema
}

function timeoutOf({ timeout }: PrometheusMetric): number {
  return timeout === undefined || timeout === 0 ? defaultTimeoutSeconds : timeout;
}

function queryOf(config: PrometheusMetric, nowMs: number): Query {
  const query = config.query ?? '';
  return config.rangeQuery === undefined
    ? { kind: 'instant', query, atMs: nowMs }
    : { kind: 'range', query, ...readRange(config.rangeQuery, nowMs) };
}

interface Parts {
  readonly http: CallHttp;
  readonly clock: Clock;
  readonly tokens: OAuth2Tokens;
  readonly identities: AwsIdentities;
}

async function connect(
  config: PrometheusMetric,
  request: MetricRequest,
  deps: Parts & { readonly fallback: string | undefined },
): Promise<Connection> {
  const timeout = timeoutOf(config);
  if (timeout < 0) throw new QueryFailure('prometheus timeout should not be negative');
  const address = addressOf(config, deps.fallback);
  const insecure = config.insecure === true;
  const timeoutMs = timeout * 1000;
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
  const { basicAuth, oauth2, sigv4 } = config.authentication ?? {};
  const sign = await signerOf(address, sigv4, { ...deps, signal });
  const authorization = basicAuthOf(basicAuth) ?? (await deps.tokens.authorization(oauth2, signal, insecure));
  return {
    address,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...headersOf(config.headers),
    },
    timeoutMs,
    insecure,
    signal,
    ...(sign === undefined ? {} : { sign }),
  };
}

/** Only for Amazon's managed service, and only when the metric says something about it. */
async function signerOf(
  address: string,
  sigv4: NonNullable<PrometheusMetric['authentication']>['sigv4'],
  { clock, identities, signal }: Parts & { readonly signal: AbortSignal },
): Promise<Connection['sign']> {
  const isWanted = Object.values(sigv4 ?? {}).some((value) => value !== '');
  if (sigv4 === undefined || !isWanted || !address.includes('aps-workspaces')) return undefined;
  const { credentials, region } = await identities.find(sigv4, signal);
  if (region === '') {
    throw new QueryFailure('region not configured in sigv4 or in the AWS default credentials chain');
  }
  return (request) => signRequest(request, { credentials, region, service: 'aps', now: clock.now() });
}

function addressOf(config: PrometheusMetric, fallback: string | undefined): string {
  const address = config.address || fallback || '';
  if (address === '') throw new QueryFailure('prometheus address is not configured');
  if (!URL.canParse(address) || new URL(address).host === '') {
    throw new QueryFailure('prometheus address is not is url format');
  }
  return address;
}

function basicAuthOf(
  given: NonNullable<PrometheusMetric['authentication']>['basicAuth'],
): string | undefined {
  const username = given?.username ?? '';
  const password = given?.password ?? '';
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '') {
    throw new QueryFailure('basicAuth needs both username and password');
  }
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
