import { comparisonProvider } from '#core/comparison/settings.js';
import type { MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from './deps.js';
import { createCloudWatchSource } from './cloud-watch/source.js';
import { createComparisonSource } from './comparison/source.js';
import { createDatadogSource } from './datadog/source.js';
import { createElasticsearchSource } from './elasticsearch/source.js';
import { createGraphiteSource } from './graphite/source.js';
import { callerOf } from './http/caller.js';
import { createInfluxDbSource } from './influxdb/source.js';
import { createJobSource } from './job/source.js';
import { createKayentaSource } from './kayenta/source.js';
import { createKubernetesSource } from './kubernetes/source.js';
import { createLokiSource } from './loki/source.js';
import { createNewRelicSource } from './new-relic/source.js';
import { createPluginSource } from './plugin/source.js';
import { createPrometheusSource } from './prometheus/source.js';
import { createSkyWalkingSource } from './skywalking/source.js';
import { createWavefrontSource } from './wavefront/source.js';
import { createWebSource } from './web/source.js';

export type { MetricSourceDeps } from './deps.js';

/** Every metric source by the key of its provider. One line adds one. */
export function metricSources(given: MetricSourceDeps): Readonly<Record<string, MetricSource>> {
  const deps = { ...given, http: callerOf(given) };
  const sources = {
    prometheus: createPrometheusSource(deps),
    web: createWebSource(deps),
    job: createJobSource(deps),
    datadog: createDatadogSource(deps),
    newRelic: createNewRelicSource(deps),
    wavefront: createWavefrontSource(deps),
    graphite: createGraphiteSource(deps),
    influxdb: createInfluxDbSource(deps),
    skywalking: createSkyWalkingSource(deps),
    cloudWatch: createCloudWatchSource(deps),
    kayenta: createKayentaSource(deps),
    kubernetes: createKubernetesSource(deps),
    loki: createLokiSource(deps),
    elasticsearch: createElasticsearchSource(deps),
    plugin: createPluginSource(deps),
  };
  return { ...sources, [`plugin.${comparisonProvider}`]: createComparisonSource(deps, sources) };
}
