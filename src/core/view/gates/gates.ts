import type { AnalysisRun, MetricResult } from '#api/argoproj/analysis-run.js';
import { parseGoDuration } from '#core/time/duration.js';
import { parseInstant } from '#core/time/instant.js';
import { formatCount, formatMeasured, formatValue } from '../words/format.js';
import { comparisonView } from './comparison.js';
import { parseLimits } from './limits.js';
import { measurementView } from './measurements.js';
import { fieldOf, hashOf } from '../facts/roles.js';
import type { GateView, Limit, MetricView } from '../wire/gate.js';
import type { GateCounts, Mark } from '../wire/list.js';

type Metric = NonNullable<AnalysisRun['spec']['metrics']>[number];

const noCounts: GateCounts = { pass: 0, fail: 0, undecided: 0, error: 0 };

/** Every run as a gate with its metrics, newest first; `isCurrent` for the runs of the hash that is being released. */
export function gatesOf(runs: readonly AnalysisRun[], currentHash: string | undefined): readonly GateView[] {
  return runs
    .map((run) => gateOf(run, hashOf(run) !== '' && hashOf(run) === currentHash))
    .toSorted((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0) || a.run.localeCompare(b.run));
}

/** Measurements of the current gates, by outcome; dry runs do not count. */
export function countGates(gates: readonly GateView[]): GateCounts {
  return gates
    .filter((gate) => gate.isCurrent)
    .flatMap((gate) => gate.metrics)
    .filter((metric) => !metric.dryRun)
    .reduce(
      (sum, { counts }) => ({
        pass: sum.pass + counts.pass,
        fail: sum.fail + counts.fail,
        undecided: sum.undecided + counts.undecided,
        error: sum.error + counts.error,
      }),
      noCounts,
    );
}

/** The mark of an analysis phase. */
function markOfAnalysis(phase: string | undefined): Mark {
  switch (phase) {
    case 'Successful':
      return 'ok';
    case 'Failed':
      return 'bad';
    case 'Error':
      return 'wait';
    case 'Inconclusive':
      return 'undecided';
    case 'Running':
      return 'run';
    default:
      return 'off';
  }
}

function gateOf(run: AnalysisRun, isCurrent: boolean): GateView {
  const labels = run.metadata.labels ?? {};
  const step = labels['step-index'];
  return {
    run: run.metadata.name,
    kind: kindOf(labels['rollout-type']),
    step: step === undefined ? null : Number(step),
    mark: markOfAnalysis(run.status?.phase),
    phase: run.status?.phase ?? 'Pending',
    message: run.status?.message ?? '',
    startedAt: parseInstant(run.status?.startedAt) ?? parseInstant(run.metadata.creationTimestamp) ?? null,
    completedAt: parseInstant(run.status?.completedAt) ?? null,
    isCurrent,
    metrics: (run.spec.metrics ?? []).map((metric) => metricView(run, metric)),
  };
}

function kindOf(type: string | undefined): GateView['kind'] {
  switch (type) {
    case 'Step':
      return 'step';
    case 'Background':
      return 'background';
    case 'PrePromotion':
      return 'pre';
    case 'PostPromotion':
      return 'post';
    default:
      return 'other';
  }
}

function metricView(run: AnalysisRun, metric: Metric): MetricView {
  const result = run.status?.metricResults?.find((found) => found.name === metric.name);
  const conditions = conditionsOf(metric);
  const parsed = conditions.map(({ text, condition }) => ({ text, limits: parseLimits(text, condition) }));
  const limits = parsed.flatMap((one) => one.limits ?? []);
  const measurements = (result?.measurements ?? []).map(measurementView).filter((m) => m !== undefined);
  const counts = countsOf(result);
  const [source, query] = sourceOf(metric);
  const view = {
    name: metric.name,
    mark: markOfAnalysis(result?.phase),
    phase: result?.phase ?? 'Pending',
    dryRun: result?.dryRun === true,
    source,
    query,
    intervalMs: metric.interval === undefined ? null : (parseGoDuration(metric.interval) ?? null),
    planned: plannedOf(metric),
    counts,
    measured: counts.pass + counts.fail + counts.undecided,
    failureLimit: Number(metric.failureLimit ?? 0) || 0,
    limits,
    notALine: parsed.filter((one) => one.limits === undefined).map((one) => one.text),
    conditions: conditions.map(({ text, condition }) => `${condition} when ${text}`),
    measurements,
    comparison: comparisonView(result?.measurements ?? []),
    message: result?.message ?? '',
  };
  return { ...view, sentence: sentenceOfMetric(view) };
}

function conditionsOf(metric: Metric): readonly { text: string; condition: Limit['condition'] }[] {
  const { successCondition, failureCondition } = metric;
  return [
    ...(successCondition ? [{ text: successCondition, condition: 'success' as const }] : []),
    ...(failureCondition ? [{ text: failureCondition, condition: 'failure' as const }] : []),
  ];
}

function countsOf(result: MetricResult | undefined): GateCounts {
  if (result === undefined) return noCounts;
  return {
    pass: result.successful ?? 0,
    fail: result.failed ?? 0,
    undecided: result.inconclusive ?? 0,
    error: result.error ?? 0,
  };
}

/** How many measurements a metric takes; `null` when only a limit or the end of the run stops it. */
function plannedOf(metric: Metric): number | null {
  const count = Number(metric.count ?? 0) || 0;
  if (count > 0) return count;
  return metric.interval === undefined ? 1 : null;
}

function sourceOf(metric: Metric): readonly [source: string, query: string] {
  const provider: unknown = metric.provider;
  const key = typeof provider === 'object' && provider !== null ? (Object.keys(provider)[0] ?? '') : '';
  const config = fieldOf(provider, key);
  const query = fieldOf(config, 'query') ?? fieldOf(config, 'url') ?? '';
  const text = typeof query === 'string' ? query.trim().slice(0, 2000) : '';
  if (key !== 'plugin' || typeof config !== 'object' || config === null) return [key, text];
  return [Object.keys(config)[0] ?? key, text];
}

function sentenceOfMetric(view: Omit<MetricView, 'sentence'>): string {
  if (view.comparison !== null) {
    const { says, tolerance, margin, points } = view.comparison;
    const limits = `fails above ${formatValue(tolerance)}, good enough below ${formatValue(margin)}`;
    return `${view.name}: ${says}; ${limits}, ${formatCount(points.length, 'look')} shown`;
  }
  const last = view.measurements.at(-1);
  const value = last === undefined ? '' : formatMeasured(last.values, last.text);
  const limit = view.limits.map((one) => `${one.condition} ${one.op} ${formatValue(one.value)}`).join(', ');
  return [
    `${view.name}: ${formatCount(view.measured, 'measurement')}`,
    ...(value === undefined || value === '' ? [] : [`last ${value}`]),
    ...(limit === '' ? [] : [`limit ${limit}`]),
    tallyOf(view.counts),
  ].join(', ');
}

/** `3 pass, 1 undecided`; `none yet` when nothing was measured. */
export function tallyOf(counts: GateCounts): string {
  const words = { pass: 'pass', fail: 'fail', undecided: 'undecided', error: 'source error' } as const;
  const parts = (['pass', 'fail', 'undecided', 'error'] as const)
    .filter((key) => counts[key] > 0)
    .map((key) => `${counts[key]} ${words[key]}${key === 'error' && counts[key] > 1 ? 's' : ''}`);
  return parts.length === 0 ? 'none yet' : parts.join(', ');
}
