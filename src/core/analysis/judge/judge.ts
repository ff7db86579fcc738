import type { Measurement } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import { evaluateCondition } from '#core/expr/condition/condition.js';
import { addMs, formatInstant, type Instant } from '#core/time/instant.js';
import { maskSecrets } from '../arguments/mask.js';

/** A source that names no time is not asked again at once: it would be asked without end. */
const lookAgainMs = 10_000;

/** What a metric source made of one query; the same shape as MetricOutcome of the ports. */
export type SourceOutcome = (
  | {
      readonly kind: 'value';
      readonly result: unknown;
      readonly value: string;
      /** The value is stored also when a condition cannot be evaluated; else it is left out then. */
      readonly keepsValue?: true;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'judged';
      readonly phase: 'Successful' | 'Failed' | 'Inconclusive';
      readonly value?: string;
      readonly message?: string;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'running';
      readonly resumeAt?: Instant;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly metadata?: Readonly<Record<string, string>>;
    }
) & {
  /** What is worth knowing of the metric itself, beside the measurement. */
  readonly resultMetadata?: Readonly<Record<string, string>>;
};

export interface MeasurementTimes {
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
}

/** The measurement to be stored. `metric` has its arguments put in; `secrets` never reach the result. */
export function judgeMeasurement(
  metric: Metric,
  outcome: SourceOutcome,
  times: MeasurementTimes,
  secrets: readonly string[] = [],
): Measurement {
  const metadata = maskAll(outcome.metadata, secrets);
  const base = {
    startedAt: formatInstant(times.startedAt),
    ...(metadata === undefined ? {} : { metadata }),
  };
  if (outcome.kind === 'running') {
    const resumeAt = outcome.resumeAt ?? addMs(times.finishedAt, lookAgainMs);
    return { phase: 'Running', ...base, resumeAt: formatInstant(resumeAt) };
  }
  const { phase, message, value } = verdict(metric, outcome, times.finishedAt);
  return {
    phase,
    ...(message === undefined || message === '' ? {} : { message: maskSecrets(message, secrets) }),
    ...(value === undefined || value === '' ? {} : { value: maskSecrets(value, secrets) }),
    ...base,
    finishedAt: formatInstant(times.finishedAt),
  };
}

interface Verdict {
  readonly phase: Measurement['phase'];
  readonly message?: string | undefined;
  readonly value?: string | undefined;
}

function verdict(
  metric: Metric,
  outcome: Exclude<SourceOutcome, { kind: 'running' }>,
  now: Instant,
): Verdict {
  switch (outcome.kind) {
    case 'error':
      return { phase: 'Error', message: outcome.message };
    case 'judged':
      return outcome;
    case 'value':
      return judgeValue(metric, outcome, now);
  }
}

function judgeValue(
  metric: Metric,
  { result, value, keepsValue }: Extract<SourceOutcome, { kind: 'value' }>,
  now: Instant,
): Verdict {
  const success = test('successCondition', metric.successCondition, result, now);
  const failure = test('failureCondition', metric.failureCondition, result, now);
  const message = success.problem ?? failure.problem;
  if (message !== undefined) {
    return { phase: 'Error', message, ...(keepsValue === true ? { value } : {}) };
  }
  if (failure.holds === true) return { phase: 'Failed', value };
  if (success.holds === false) {
    return { phase: failure.holds === undefined ? 'Failed' : 'Inconclusive', value };
  }
  return { phase: 'Successful', value };
}

interface Test {
  /** `undefined`: there is no such condition. */
  readonly holds?: boolean;
  readonly problem?: string;
}

function test(field: string, condition: string | undefined, result: unknown, now: Instant): Test {
  if (condition === undefined || condition === '') return {};
  const outcome = evaluateCondition(condition, result, now);
  if (outcome.ok) return { holds: outcome.value };
  return { problem: `could not evaluate ${field} "${condition}": ${outcome.message}` };
}

function maskAll(
  metadata: Readonly<Record<string, string>> | undefined,
  secrets: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (metadata === undefined || Object.keys(metadata).length === 0) return undefined;
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, maskSecrets(value, secrets)]),
  );
}
