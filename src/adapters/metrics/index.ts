import type { MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from './deps.js';
import { createJobSource } from './job/source.js';
import { createPluginSource } from './plugin/source.js';
import { createPrometheusSource } from './prometheus/source.js';
import { createWebSource } from './web/source.js';

export type { MetricSourceDeps } from './deps.js';

/** Every metric source by the key of its provider. One line adds one. */
export function metricSources(deps: MetricSourceDeps): Readonly<Record<string, MetricSource>> {
  return {
    prometheus: createPrometheusSource(deps),
    web: createWebSource(deps),
    job: createJobSource(deps),
    plugin: createPluginSource(deps),
  };
}
