import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Metric, PrometheusMetric } from '#api/argoproj/analysis-template.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import { isComparison } from '#core/comparison/going.js';
import { comparisonProvider } from '#core/comparison/settings.js';
import { isObject } from '#core/json/json.js';

/** The run with another address of Prometheus, also inside of comparisons. */
export function withPrometheusAt(run: AnalysisRun, address: string): AnalysisRun {
  const metrics = run.spec.metrics.map((metric): Metric => {
    const { prometheus, plugin } = metric.provider;
    return {
      ...metric,
      provider: {
        ...metric.provider,
        ...(prometheus === undefined ? {} : { prometheus: { ...prometheus, address } }),
        ...(plugin === undefined || !isComparison(metric)
          ? {}
          : { plugin: { ...plugin, [comparisonProvider]: redirected(plugin[comparisonProvider], address) } }),
      },
    };
  });
  return { ...run, spec: { ...run.spec, metrics } };
}

function redirected(value: unknown, address: string): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const isSource = key === 'prometheus' && isObject(inner);
      return [key, isSource ? { ...inner, address } : redirected(inner, address)];
    }),
  );
}

/** The providers that a metric asks; those inside of a comparison in its place. */
export function sourcesOf(metric: Metric): readonly string[] {
  const { id, config } = providerOf(metric);
  if (!isComparison(metric)) return [id];
  const sides = ['canary', 'baseline'].flatMap((side) => (isObject(config) ? [config[side]] : []));
  return [...new Set(sides.flatMap(providersIn))];
}

function providersIn(side: unknown): readonly string[] {
  if (!isObject(side)) return [];
  const isParts = 'events' in side || 'total' in side;
  return isParts ? [side['events'], side['total']].flatMap(providersIn) : Object.keys(side);
}

/** The first Prometheus that a metric asks, also inside of a comparison. */
export function prometheusIn(metric: Metric): PrometheusMetric | undefined {
  const { prometheus } = metric.provider;
  if (prometheus !== undefined || !isComparison(metric)) return prometheus;
  return findPrometheus(providerOf(metric).config);
}

function findPrometheus(value: unknown): PrometheusMetric | undefined {
  if (!isObject(value)) return undefined;
  const { prometheus } = value;
  if (isObject(prometheus)) return prometheus;
  return Object.values(value).reduce<PrometheusMetric | undefined>(
    (found, inner) => found ?? findPrometheus(inner),
    undefined,
  );
}
