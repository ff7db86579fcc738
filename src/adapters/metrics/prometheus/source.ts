import type { PrometheusMetric } from '#api/argoproj/analysis-template.js';
import type { MetricOutcome, MetricRequest, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { headersOf } from '../http/headers.js';
import { OAuth2Tokens } from '../http/oauth2.js';
import { ask, type Connection, type Query } from './driver.js';
import { readRange } from './range.js';
import { readResult } from './result.js';

const defaultTimeoutSeconds = 30;
const addressVariable = 'ARGO_ROLLOUTS_PROMETHEUS_ADDRESS';

/** Prometheus, and whatever speaks its query API: instant and range queries. */
export function createPrometheusSource({ clock, env }: MetricSourceDeps): MetricSource {
  const tokens = new OAuth2Tokens(clock);
  return {
    id: 'prometheus',
    describe: (provider) => ({ ResolvedPrometheusQuery: configOf(provider).query ?? '' }),
    measure: (request) => {
      const config = configOf(request.provider);
      const timeoutMs = timeoutOf(config) * 1000;
      return outcomeOf(async (): Promise<MetricOutcome> => {
        const query = queryOf(config, clock.now());
        const connection = await connect(config, request, { tokens, fallback: env[addressVariable] });
        return readResult(await ask(connection, query));
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

async function connect(
  config: PrometheusMetric,
  { signal }: MetricRequest,
  deps: { readonly tokens: OAuth2Tokens; readonly fallback: string | undefined },
): Promise<Connection> {
  const timeout = timeoutOf(config);
  if (timeout < 0) throw new QueryFailure('prometheus timeout should not be negative');
  const address = addressOf(config, deps.fallback);
  const { basicAuth, oauth2, sigv4 } = config.authentication ?? {};
  const usesSigv4 = Object.values(sigv4 ?? {}).some((value) => value !== undefined && value !== '');
  if (usesSigv4 && address.includes('aps-workspaces')) {
    throw new QueryFailure('sigv4 authentication is not supported yet');
  }
  const authorization = await deps.tokens.authorization(oauth2, signal);
  return {
    address,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...headersOf(config.headers),
    },
    basicAuth: basicAuthOf(basicAuth),
    timeoutMs: timeout * 1000,
    insecure: config.insecure === true,
    signal,
  };
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
): Connection['basicAuth'] {
  const username = given?.username ?? '';
  const password = given?.password ?? '';
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '') {
    throw new QueryFailure('basicAuth needs both username and password');
  }
  return { username, password };
}
