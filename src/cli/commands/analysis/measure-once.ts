import type { AnalysisRun, Measurement } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import { measure, type MeasureDeps, type MeasureOrder } from '#controllers/analysis-run/measure.js';
import { substituteArgs } from '#core/analysis/arguments/substitute.js';
import { withSecrets } from '#core/analysis/arguments/secrets.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import type { NameRules } from '#core/analysis/spec/name-rules.js';
import { isComparison } from '#core/comparison/going.js';
import { parseInstant, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { LiveGate } from './live.js';

/** One metric, measured once. */
export interface OnceMeasured {
  readonly name: string;
  readonly isDryRun: boolean;
  /** As it was asked, with stars for secrets. */
  readonly asked: Metric;
  readonly provider: string;
  readonly measurement: Measurement;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tookMs: number;
}

/** Measures each metric once, now, whatever its times and counts say. What takes its time is waited for. */
export async function measureOnce(
  { run, deps }: LiveGate,
  metrics: readonly Metric[],
  rules: NameRules,
  signal: AbortSignal,
): Promise<readonly OnceMeasured[]> {
  return Promise.all(
    metrics.map(async ({ name }, i): Promise<OnceMeasured> => {
      const unresolved = run.spec.metrics[i];
      if (unresolved === undefined) throw new Error('a metric of the run is missing');
      const began = deps.clock.now();
      const { measurement, resultMetadata = {} } = await toItsEnd(
        deps,
        { run, name, metric: unresolved },
        signal,
      );
      const asked = maskedMetric(run, unresolved);
      return {
        name,
        isDryRun: rules.dryRun.has(name),
        asked,
        provider: providerOf(asked).id,
        measurement,
        metadata: { ...resultMetadata, ...measurement.metadata },
        tookMs: deps.clock.now() - began,
      };
    }),
  );
}

type Task = Pick<MeasureOrder, 'run' | 'name' | 'metric'>;

/** A comparison is looked at once: it may go on for an hour. */
async function toItsEnd(deps: MeasureDeps, task: Task, signal: AbortSignal) {
  let latest = await measure(deps, { ...task, mode: 'start' }, signal);
  while (latest.measurement.finishedAt === undefined && !isComparison(task.metric)) {
    const earlier = latest.measurement;
    await until(deps.clock, parseInstant(earlier.resumeAt) ?? deps.clock.now(), signal);
    const mode = signal.aborted ? 'terminate' : 'resume';
    latest = await measure(
      deps,
      { ...task, mode, earlier },
      signal.aborted ? AbortSignal.timeout(2000) : signal,
    );
    if (mode === 'terminate') break;
  }
  return latest;
}

/** Waits for a moment, or until the user has had enough. */
async function until(clock: Clock, at: Instant, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(at, resolve);
    const stop = (): void => {
      cancel();
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** The metric as it is asked, but for its secrets. */
function maskedMetric(run: AnalysisRun, metric: Metric): Metric {
  const resolved = substituteArgs(
    metric,
    withSecrets(run.spec.args ?? [], () => '*****'),
  );
  return resolved.ok ? resolved.value : metric;
}
