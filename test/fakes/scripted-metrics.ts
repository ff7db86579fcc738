import type { Clock } from '#ports/clock.js';
import type { MetricOutcome, MetricRequest, MetricSource } from '#ports/metric-source.js';

/** One question that was put to a scripted source. */
export interface AskedMetric {
  readonly metric: string;
  readonly provider: unknown;
  /** Milliseconds since the source was made. */
  readonly afterMs: number;
}

/** A metric source whose answers are a function of the question; it keeps what was asked. */
export interface ScriptedMetrics extends MetricSource {
  readonly asked: readonly AskedMetric[];
}

/** Answers every query of the provider `id` by `script`; `n` counts the questions of that metric from 0. */
export function scriptedMetrics(
  id: string,
  clock: Clock,
  script: (metric: string, n: number, request: MetricRequest) => MetricOutcome | Promise<MetricOutcome>,
): ScriptedMetrics {
  const start = clock.now();
  const asked: AskedMetric[] = [];
  return {
    id,
    asked,
    measure: async (request) => {
      const { metricName: metric, provider } = request;
      const n = asked.filter((other) => other.metric === metric).length;
      asked.push({ metric, provider, afterMs: clock.now() - start });
      return script(metric, n, request);
    },
  };
}

/** The outcome of a query that gave one float. */
export function floatOutcome(value: number): MetricOutcome {
  return { kind: 'value', result: value, value: String(value) };
}
