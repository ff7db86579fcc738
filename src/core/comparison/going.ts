import type { AnalysisRun, Measurement } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import type { SourceOutcome } from '#core/analysis/judge/judge.js';
import { limitsOf } from '#core/analysis/spec/limits.js';
import { parseGoDuration } from '#core/time/duration.js';
import type { Instant } from '#core/time/instant.js';
import { takeLook, type Look, type Sample } from './look.js';
import { stateKey } from './report/report.js';
import type { Read } from './sample.js';
import { comparisonProvider, readSettings } from './settings.js';
import { beginComparison, parseState, type ComparisonState } from './state.js';
import { concludeEarly, concludeError, concludeLook } from './verdict.js';

const defaultIntervalMs = 60_000;

/** What a look at a comparison starts from; `stored` is the text of its state, absent for the first look. */
export interface ComparisonRequest {
  readonly provider: unknown;
  readonly metric: Metric;
  /** The risk is divided among the comparisons of this run. */
  readonly run: AnalysisRun;
  readonly stored: string | undefined;
  readonly now: Instant;
}

/** A comparison of which another look is due. */
export interface Going {
  readonly look: Look;
  readonly state: ComparisonState;
  readonly intervalMs: number;
  /** Looks in a row without numbers that the metric tolerates. */
  readonly errorLimit: number;
}

/** A comparison with all that is known of it, or what is wrong with it. */
export function resumeComparison(request: ComparisonRequest): Read<Going> {
  const { provider, metric, run, stored, now } = request;
  const settings = readSettings(provider);
  if (!settings.ok) return { ok: false, message: `${comparisonProvider}: ${settings.message}` };
  const state = stored === undefined ? beginComparison(now) : parseState(stored);
  if (state === undefined) {
    return { ok: false, message: `${comparisonProvider}: its stored state cannot be read` };
  }
  const others = run.spec.metrics.filter(isComparison).length;
  const alpha = settings.value.alpha / Math.max(others, 1);
  const intervalMs = parseGoDuration(metric.interval ?? '') ?? defaultIntervalMs;
  const errorLimit = limitsOf(metric).consecutiveError;
  return {
    ok: true,
    value: { look: { settings: settings.value, alpha, now }, state, intervalMs, errorLimit },
  };
}

/** What becomes of the comparison by the numbers of one interval, which ended at `now`. */
export function lookOnce(going: Going, sample: Read<Sample>, now: Instant): SourceOutcome {
  const { state, intervalMs, errorLimit } = going;
  const look = { ...going.look, now };
  if (sample.ok) return concludeLook(takeLook(state, sample.value, look), look, intervalMs);
  return concludeError(state, sample.message, { look, intervalMs, limit: errorLimit });
}

/** What becomes of the comparison when its run ends for another reason. */
export function endComparison({ state, look, intervalMs }: Going): SourceOutcome {
  return concludeEarly(state, look, intervalMs);
}

/** Whether a metric asks for a comparison. */
export function isComparison({ provider }: Metric): boolean {
  return Object.hasOwn(provider.plugin ?? {}, comparisonProvider);
}

/** The state that a measurement holds. */
export function storedState(measurement: Measurement): string | undefined {
  return measurement.metadata?.[stateKey];
}

/** A comparison that ended (in an error, or good enough in a metric that goes on) is continued, not begun anew. */
export function lastState({ status }: AnalysisRun, metricName: string): string | undefined {
  const result = status?.metricResults?.find(({ name }) => name === metricName);
  return result?.measurements?.map(storedState).findLast((state) => state !== undefined);
}
