import type { MetricProvider } from '#api/argoproj/metric-provider.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { readPoints } from './points.js';

type GraphiteMetric = NonNullable<MetricProvider['graphite']>;

const timeoutMs = 10_000;

/** Graphite's render API: the points of the first target. */
export function createGraphiteSource(deps: MetricSourceDeps): MetricSource {
  const http = callerOf(deps);
  return {
    id: 'graphite',
    measure: ({ provider, signal }) =>
      outcomeOf(async (): Promise<MetricOutcome> => {
        const url = urlOf(provider as GraphiteMetric); // validated by the CRD's schema
        const { status, text } = await http({ url, signal, timeoutMs });
        if (status >= 400) throw new QueryFailure(`error response: ${text}`);
        return readPoints(text);
      }, timeoutMs),
  };
}

function urlOf({ address = '', query = '' }: GraphiteMetric): URL {
  if (!URL.canParse(address)) throw new QueryFailure(`Graphite address ${address} is not a valid URL`);
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/render`;
  const params = new URLSearchParams(query.replace(/\s+/g, ''));
  params.set('format', 'json');
  url.search = params.toString();
  return url;
}
