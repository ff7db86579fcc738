import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import { isPatternIn } from '#core/expr/run/pattern.js';
import type { Family } from './family.js';
import { phaseSamples } from './phase-samples.js';

type Metric = AnalysisRun['spec']['metrics'][number];

const providerNames: Readonly<Record<string, string>> = {
  prometheus: 'Prometheus',
  job: 'Job',
  kayenta: 'Kayenta',
  web: 'WebMetric',
  datadog: 'Datadog',
  newRelic: 'NewRelic',
  wavefront: 'Wavefront',
  graphite: 'Graphite',
  cloudWatch: 'CloudWatch',
  influxdb: 'Influxdb',
  skywalking: 'SkyWalking',
  plugin: 'Plugin',
};

/** The gauges of AnalysisRuns. */
export const analysisRunFamilies: readonly Family<AnalysisRun>[] = [
  {
    name: 'analysis_run_info',
    help: 'Information about analysis run.',
    labels: ['namespace', 'name', 'phase'],
    samplesOf: (run) => [[[...idOf(run), run.status?.phase ?? ''], 1]],
  },
  {
    name: 'analysis_run_phase',
    help: 'Information on the state of the Analysis Run (DEPRECATED - use analysis_run_info)',
    labels: ['namespace', 'name', 'phase'],
    samplesOf: (run) => phaseSamples(idOf(run), run.status?.phase),
  },
  {
    name: 'analysis_run_metric_type',
    help: 'Information on the type of a specific metric in the Analysis Runs',
    labels: ['namespace', 'name', 'metric', 'type'],
    samplesOf: (run) => metricsOf(run).map((metric) => [[...idOf(run), metric.name, typeOf(metric)], 1]),
  },
  {
    name: 'analysis_run_metric_phase',
    help: 'Information on the duration of a specific metric in the Analysis Run',
    labels: ['namespace', 'name', 'metric', 'type', 'dry_run', 'phase'],
    samplesOf: (run) =>
      metricsOf(run).flatMap((metric) => {
        const result = run.status?.metricResults?.find(({ name }) => name === metric.name);
        const dryRun = String(
          (run.spec.dryRun ?? []).some((rule) => isPatternIn(rule.metricName, metric.name)),
        );
        return phaseSamples([...idOf(run), metric.name, typeOf(metric), dryRun], result?.phase);
      }),
  },
];

/** The gauges of AnalysisTemplates, and of ClusterAnalysisTemplates with an empty namespace. */
export const analysisTemplateFamilies: readonly Family<AnalysisTemplate | ClusterAnalysisTemplate>[] = [
  {
    name: 'analysis_template_info',
    help: 'Information about analysis templates.',
    labels: ['namespace', 'name'],
    samplesOf: (template) => [[idOf(template), 1]],
  },
  {
    name: 'analysis_template_metric_info',
    help: 'Information on metrics in analysis templates.',
    labels: ['namespace', 'name', 'type', 'metric'],
    samplesOf: (template) =>
      metricsOf(template).map((metric) => [[...idOf(template), typeOf(metric), metric.name], 1]),
  },
];

function metricsOf({ spec }: AnalysisRun | AnalysisTemplate | ClusterAnalysisTemplate): readonly Metric[] {
  return spec.metrics ?? [];
}

function typeOf({ provider }: Metric): string {
  const [used] = Object.entries(provider ?? {}).find(([, value]) => value !== undefined) ?? [''];
  return providerNames[used] ?? 'Unknown Provider';
}

function idOf({ metadata }: Pick<AnalysisRun, 'metadata'>): readonly string[] {
  return [metadata.namespace ?? '', metadata.name];
}
