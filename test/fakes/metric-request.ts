import type { Metric } from '#api/argoproj/analysis-template.js';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { MetricRequest } from '#ports/metric-source.js';

/** A request for one measurement of the metric `m` of the run `shop/r`. */
export function metricRequest(
  id: string,
  provider: unknown,
  rest: { readonly signal?: AbortSignal; readonly status?: AnalysisRun['status'] } = {},
): MetricRequest {
  const metric: Metric = { name: 'm', provider: { [id]: provider } };
  const { signal = new AbortController().signal, status } = rest;
  return {
    provider,
    namespace: 'shop',
    runName: 'r',
    metricName: 'm',
    metric,
    run: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'r', namespace: 'shop', uid: 'u-1' },
      spec: { metrics: [metric] },
      ...(status === undefined ? {} : { status }),
    },
    signal,
    readSecret: () => Promise.reject(new Error('no secrets here')),
  };
}
