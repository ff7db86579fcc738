import type { AnalysisRun, Measurement } from '#api/argoproj/analysis-run.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';
import type { SourceOutcome } from '#core/analysis/judge/judge.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs, parseInstant, type Instant } from '#core/time/instant.js';
import { shorten } from './protocol.js';

/** What a metric plugin is told. */
export interface MetricCall {
  readonly name: string;
  /** Equal for every try of the same measurement. */
  readonly key: string;
  readonly config: unknown;
  readonly metric: JsonObject;
  readonly run: Pick<AnalysisRun, 'metadata'>;
  readonly measurement?: Measurement;
}

/** The parameters of the request. */
export function metricParams({ name, key, config, metric, run, measurement }: MetricCall): object {
  const { namespace, name: runName, uid, labels, annotations } = run.metadata;
  return {
    plugin: name,
    key,
    config: config ?? null,
    metric,
    run: { namespace, name: runName, uid, labels, annotations },
    ...(measurement === undefined ? {} : { measurement }),
  };
}

const verdicts = ['Successful', 'Failed', 'Inconclusive'] as const;

/** Reads the result of a metric method. `now`: when it came, which `resumeAfter` counts from. */
export function parseMetricResult(result: unknown, now: Instant): SourceOutcome {
  if (!isObject(result)) return { kind: 'error', message: 'the answer of the plugin is no object' };
  const extra = {
    ...textsOf('metadata', result['metadata']),
    ...textsOf('resultMetadata', result['metricMetadata']),
  };
  const phase = textAt(result, 'phase');
  const message = shorten(textAt(result, 'message') ?? '');
  if (phase === 'Running') return { kind: 'running', ...resumeAt(result, now), ...extra };
  if (phase === 'Error') return { kind: 'error', message: message || 'the plugin says Error', ...extra };
  const verdict = verdicts.find((known) => known === phase);
  if (verdict === undefined) {
    const given = JSON.stringify(result['phase'] ?? null);
    return { kind: 'error', message: `the answer of the plugin has the phase ${given}` };
  }
  const value = valueOf(result['value']);
  return {
    kind: 'judged',
    phase: verdict,
    ...(value === undefined ? {} : { value: shorten(value, 16_384) }),
    ...(message === '' ? {} : { message }),
    ...extra,
  };
}

function resumeAt(result: JsonObject, now: Instant): { readonly resumeAt?: Instant } {
  const at = parseInstant(textAt(result, 'resumeAt'));
  if (at !== undefined) return { resumeAt: at };
  const after = parseGoDuration(textAt(result, 'resumeAfter') ?? '');
  return { resumeAt: addMs(now, Math.max(after ?? 10_000, 1000)) };
}

function valueOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textsOf<K extends string>(
  key: K,
  value: unknown,
): { readonly [P in K]?: Readonly<Record<string, string>> } {
  const entries = Object.entries(objectAt({ value }, 'value')).map(
    ([name, text]) => [name, typeof text === 'string' ? text : JSON.stringify(text)] as const,
  );
  const texts: { [P in K]?: Readonly<Record<string, string>> } = {};
  if (entries.length > 0) texts[key] = Object.fromEntries(entries);
  return texts;
}
