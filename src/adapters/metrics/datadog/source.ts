import type { DatadogMetric } from '#api/argoproj/metric-provider.js';
import type { MetricOutcome, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { callerOf } from '../http/caller.js';
import { outcomeOf } from '../http/failure.js';
import { maskOutcome } from '../http/mask.js';
import { readAnswer } from './answer.js';
import { findCredentials } from './credentials.js';
import { buildQuery, timeoutOf } from './query.js';

/** Datadog: time series (v1), or one number or one a group (v2). No data is `nil`. */
export function createDatadogSource(deps: MetricSourceDeps): MetricSource {
  const http = callerOf(deps);
  return {
    id: 'datadog',
    measure: (request) => {
      const config = request.provider as DatadogMetric; // validated by the CRD's schema
      return outcomeOf(async (): Promise<MetricOutcome> => {
        const { address, apiKey, appKey } = await findCredentials(deps, config, request);
        const query = buildQuery(config, deps.clock.now());
        const timeoutMs = timeoutOf(config);
        const ask = async (): Promise<MetricOutcome> =>
          readAnswer(
            query.version,
            await http({
              url: `${address.replace(/\/+$/, '')}${query.path}`,
              headers: {
                'content-type': 'application/json',
                'dd-api-key': apiKey,
                'dd-application-key': appKey,
              },
              ...(query.body === undefined ? {} : { method: 'POST', body: query.body }),
              signal: request.signal,
              timeoutMs,
            }),
          );
        return maskOutcome(await outcomeOf(ask, timeoutMs), [apiKey, appKey]);
      }, 0);
    },
  };
}
