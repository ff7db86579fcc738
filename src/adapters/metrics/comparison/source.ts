import type { Measurement } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import { limitsOf } from '#core/analysis/spec/limits.js';
import { takeLook, type Look, type Sample } from '#core/comparison/look.js';
import { stateKey } from '#core/comparison/report.js';
import type { Read } from '#core/comparison/sample.js';
import { comparisonProvider, readSettings, type ComparisonSettings } from '#core/comparison/settings.js';
import { beginComparison, parseState, type ComparisonState } from '#core/comparison/state.js';
import { concludeEarly, concludeError, concludeLook } from '#core/comparison/verdict.js';
import { parseGoDuration } from '#core/time/duration.js';
import type { MetricOutcome, MetricRequest, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { askCounts, askMean, type Sources } from './ask-side.js';

const defaultIntervalMs = 60_000;

/**
 * Compares canary and baseline by statistics that stay valid at every look. A comparison is one measurement that goes on
 * over its intervals until it is decided; all it knows is in the metadata of that measurement, and nowhere else.
 */
export function createComparisonSource(deps: MetricSourceDeps, sources: Sources): MetricSource {
  const next = async (request: MetricRequest, stored: string | undefined): Promise<MetricOutcome> => {
    const going = prepare(deps, request, stored);
    if ('kind' in going) return going;
    const sample = await ask(sources, request, going.look.settings);
    // The interval ends when the answers are there, so the next one counts from then.
    const look = { ...going.look, now: deps.clock.now() };
    const { intervalMs, state } = going;
    if (sample.ok) return concludeLook(takeLook(state, sample.value, look), look, intervalMs);
    const limit = limitsOf(request.metric).consecutiveError;
    return concludeError(state, sample.message, { look, intervalMs, limit });
  };
  return {
    id: comparisonProvider,
    measure: (request) => next(request, lastState(request)),
    resume: (request, measurement) => next(request, stateOf(measurement)),
    terminate: (request, measurement) => {
      const going = prepare(deps, request, stateOf(measurement));
      if ('kind' in going) return Promise.resolve(going);
      return Promise.resolve(concludeEarly(going.state, going.look, going.intervalMs));
    },
  };
}

interface Going {
  readonly look: Look;
  readonly state: ComparisonState;
  readonly intervalMs: number;
}

function prepare(
  { clock }: MetricSourceDeps,
  { provider, metric, run }: MetricRequest,
  stored: string | undefined,
): Going | Extract<MetricOutcome, { kind: 'error' }> {
  const settings = readSettings(provider);
  if (!settings.ok) return { kind: 'error', message: `${comparisonProvider}: ${settings.message}` };
  const now = clock.now();
  const state = stored === undefined ? beginComparison(now) : parseState(stored);
  if (state === undefined) {
    return { kind: 'error', message: `${comparisonProvider}: its stored state cannot be read` };
  }
  const others = run.spec.metrics.filter(isComparison).length;
  const alpha = settings.value.alpha / Math.max(others, 1);
  const intervalMs = parseGoDuration(metric.interval ?? '') ?? defaultIntervalMs;
  return { look: { settings: settings.value, alpha, now }, state, intervalMs };
}

function isComparison({ provider }: Metric): boolean {
  return Object.hasOwn(provider.plugin ?? {}, comparisonProvider);
}

async function ask(
  sources: Sources,
  request: MetricRequest,
  settings: ComparisonSettings,
): Promise<Read<Sample>> {
  const { kind, threshold } = settings;
  if (kind === 'mean') {
    const both = await askBoth(settings, (queries) => askMean(sources, request, queries));
    return both.ok ? { ok: true, value: { kind: 'means', ...both.value } } : both;
  }
  const both = await askBoth(settings, (queries) => askCounts(sources, request, queries, threshold));
  return both.ok ? { ok: true, value: { kind: 'counts', ...both.value } } : both;
}

async function askBoth<T>(
  settings: ComparisonSettings,
  question: (queries: ComparisonSettings['canary']) => Promise<Read<T>>,
): Promise<Read<{ readonly canary: T; readonly baseline: T }>> {
  const [canary, baseline] = await Promise.all([question(settings.canary), question(settings.baseline)]);
  if (!canary.ok) return { ok: false, message: `canary: ${canary.message}` };
  if (!baseline.ok) return { ok: false, message: `baseline: ${baseline.message}` };
  return { ok: true, value: { canary: canary.value, baseline: baseline.value } };
}

function stateOf(measurement: Measurement): string | undefined {
  return measurement.metadata?.[stateKey];
}

/** A comparison that ended (in an error, or good enough in a metric that goes on) is continued, not begun anew. */
function lastState({ run, metricName }: MetricRequest): string | undefined {
  const result = run.status?.metricResults?.find(({ name }) => name === metricName);
  return result?.measurements?.map(stateOf).findLast((state) => state !== undefined);
}
