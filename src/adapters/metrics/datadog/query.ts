import type { DatadogMetric } from '#api/argoproj/metric-provider.js';
import { goDurationError, parseGoDuration } from '#core/time/duration.js';
import type { Instant } from '#core/time/instant.js';
import { QueryFailure } from '../http/failure.js';

/** One request to Datadog, without its credentials. */
export interface DatadogQuery {
  readonly version: 'v1' | 'v2';
  /** Path and query behind the address. */
  readonly path: string;
  /** Present: it is posted. */
  readonly body?: string;
}

const defaultInterval = '5m';
const defaultTimeout = '10s';

/** How long an answer may take. Throws QueryFailure. */
export function timeoutOf({ requestTimeout }: DatadogMetric): number {
  const text = requestTimeout || defaultTimeout;
  const timeoutMs = parseGoDuration(text);
  if (timeoutMs === undefined) {
    throw new QueryFailure(`Could not parse the request timeout: ${goDurationError(text)}. ${review}`);
  }
  if (timeoutMs <= 0) {
    throw new QueryFailure(`Request timeout must be a positive duration (e.g. 30s). ${review}`);
  }
  return timeoutMs;
}

/** What is asked at `now`. Throws QueryFailure for fields that do not go together. */
export function buildQuery(config: DatadogMetric, now: Instant): DatadogQuery {
  const { apiVersion: version = 'v1', query = '', interval } = config;
  const problem = findProblem(config, version);
  if (problem !== undefined) throw new QueryFailure(problem);
  const windowMs = parseGoDuration(interval || defaultInterval);
  if (windowMs === undefined) throw new QueryFailure(goDurationError(interval ?? ''));
  const to = Math.floor(now / 1000);
  const from = to - Math.trunc(windowMs / 1000);
  if (version === 'v2') {
    return { version, path: '/api/v2/query/scalar', body: JSON.stringify(scalarRequest(config, from, to)) };
  }
  const parameters = new URLSearchParams({ from: String(from), query, to: String(to) });
  return { version, path: `/api/v1/query?${parameters.toString()}` };
}

const review = 'Please review the Analysis Template.';

function findProblem(config: DatadogMetric, version: 'v1' | 'v2'): string | undefined {
  const { query = '', queries = {}, formula = '', aggregator } = config;
  const count = Object.keys(queries).length;
  if (query === '' && count === 0) return `Must have either a query or queries. ${review}`;
  if (query !== '' && count > 0) return `Cannot have both a query and queries. ${review}`;
  if (version === 'v1' && query === '') {
    return 'Query is empty. API Version v1 only supports using the query parameter in your Analysis Template.';
  }
  if (formula !== '' && count === 0) return `Formula are only valid when queries are set. ${review}`;
  if (formula === '' && count > 1) return 'When multiple queries are provided you must include a formula.';
  if (version === 'v1' && aggregator !== undefined) return `Aggregator is not supported in v1. ${review}`;
  return undefined;
}

function scalarRequest(config: DatadogMetric, from: number, to: number): object {
  const { query = '', queries = {}, formula = '', aggregator = 'last' } = config;
  const named = query === '' ? queries : { query };
  return {
    data: {
      type: 'scalar_request',
      attributes: {
        from: from * 1000,
        to: to * 1000,
        queries: Object.entries(named).map(([name, text]) => ({
          aggregator,
          data_source: 'metrics',
          name,
          query: text,
        })),
        formulas: formula === '' ? [] : [{ formula }],
      },
    },
  };
}
