import type { AnalysisRun, Measurement } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import type { Pace } from '#core/analysis/run/pace.js';
import type { FinishedMeasurement } from '#core/analysis/run/record.js';
import { prepareRun } from '#core/analysis/spec/prepare.js';
import { judgeMeasurement, type MeasurementTimes, type SourceOutcome } from '#core/analysis/judge/judge.js';
import { maskSecrets } from '#core/analysis/arguments/mask.js';
import { withSecrets } from '#core/analysis/arguments/secrets.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import { substituteArgs } from '#core/analysis/arguments/substitute.js';
import { parseInstant, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { toAppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import type { MetricRequest, MetricSource } from '#ports/metric-source.js';
import type { WorkBoard } from '#runtime/controller/work-board.js';
import { readSecret, readSecrets, secretId } from './read-secrets.js';

/** Measurements under way, and those that are not in the status of their run yet. */
export type MeasurementBoard = WorkBoard<FinishedMeasurement>;

export interface MeasureDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly sources: Readonly<Record<string, MetricSource>>;
}

/** What is to be done: begin a measurement, or go on with (or end) one that a source has under way. */
export interface MeasureOrder {
  readonly run: AnalysisRun;
  /** What the results call the metric; no secret is in it. */
  readonly name: string;
  /** With its placeholders. */
  readonly metric: Metric;
  readonly mode: 'start' | 'resume' | 'terminate';
  readonly earlier?: Measurement;
  /** When a measurement that begins was due. */
  readonly dueAt?: Instant;
}

/** Takes one measurement: reads the Secrets, puts arguments in, asks the source, judges the answer. Never throws. */
export async function measure(
  deps: MeasureDeps,
  order: MeasureOrder,
  signal: AbortSignal,
): Promise<FinishedMeasurement> {
  const startedAt = parseInstant(order.earlier?.startedAt) ?? deps.clock.now();
  const read = await readSecrets(deps.kube, order.run);
  if (read.kind === 'unreadable') {
    return report(deps, order, { kind: 'error', message: read.message }, { startedAt, secrets: [] });
  }
  const secrets = [...read.values.values()];
  const args = withSecrets(order.run.spec.args ?? [], (ref) => read.values.get(secretId(ref)));
  const metric = substituteArgs(order.metric, args);
  if (!metric.ok) {
    return report(deps, order, { kind: 'error', message: metric.message }, { startedAt, secrets });
  }
  const resolved = { ...order, metric: { ...metric.value, name: order.name } };
  const outcome = await ask(deps, resolved, { signal, secrets });
  const { id, config } = providerOf(resolved.metric);
  const described = { ...sourceOf(deps.sources, id)?.describe?.(config), ...outcome.resultMetadata };
  return report(deps, resolved, { ...outcome, resultMetadata: described }, { startedAt, secrets });
}

interface Circumstances {
  readonly startedAt: Instant;
  readonly secrets: readonly string[];
}

function report(
  { clock }: MeasureDeps,
  order: MeasureOrder,
  outcome: SourceOutcome,
  { startedAt, secrets }: Circumstances,
): FinishedMeasurement {
  const times = { startedAt, finishedAt: clock.now() };
  const judged = judgeMeasurement(order.metric, keepMetadata(outcome, order.earlier), times, secrets);
  const isTerminated = order.mode === 'terminate';
  const isCalm = judged.phase === 'Successful' || judged.phase === 'Inconclusive';
  const described = Object.entries(outcome.resultMetadata ?? {}).map(
    ([key, value]) => [key, maskSecrets(value, secrets)] as const,
  );
  return {
    metric: order.name,
    pace: paceOf(order, times),
    measurement: isTerminated && isCalm ? { ...judged, message: 'Metric Terminated' } : judged,
    ...(described.length === 0 ? {} : { resultMetadata: Object.fromEntries(described) }),
    ...(isTerminated ? { isTerminated } : {}),
  };
}

/** A measurement that its source had under way begins a new row of intervals. */
function paceOf({ dueAt }: MeasureOrder, { startedAt, finishedAt }: MeasurementTimes): Pace {
  return dueAt === undefined
    ? { dueAt: finishedAt, startedAt: finishedAt, finishedAt }
    : { dueAt, startedAt, finishedAt };
}

/** What a source noted when it began belongs to the measurement until its end. */
function keepMetadata(outcome: SourceOutcome, earlier: Measurement | undefined): SourceOutcome {
  return earlier?.metadata === undefined
    ? outcome
    : { ...outcome, metadata: { ...earlier.metadata, ...outcome.metadata } };
}

interface AskOptions {
  readonly signal: AbortSignal;
  /** Never to be seen in a log. */
  readonly secrets: readonly string[];
}

async function ask(
  deps: MeasureDeps,
  order: MeasureOrder,
  { signal, secrets }: AskOptions,
): Promise<SourceOutcome> {
  const { id, config } = providerOf(order.metric);
  const source = sourceOf(deps.sources, id);
  if (source === undefined) {
    return { kind: 'error', message: `metric provider "${id}" is not supported yet` };
  }
  const { namespace = '', name } = order.run.metadata;
  const request: MetricRequest = {
    provider: config,
    namespace,
    runName: name,
    metricName: order.name,
    metric: order.metric,
    run: order.run,
    signal,
    readSecret: (secret, key) => readSecret(deps.kube, namespace, { name: secret, key }),
  };
  try {
    return await askSource(source, request, order);
  } catch (thrown) {
    // A source that throws is faulty; the run must not hang on it.
    const error = maskSecrets(toAppError(thrown).message, secrets);
    deps.log.error('metric source failed', { source: id, run: `${namespace}/${name}`, error });
    return { kind: 'error', message: error };
  }
}

async function askSource(
  source: MetricSource,
  request: MetricRequest,
  { mode, earlier }: MeasureOrder,
): Promise<SourceOutcome> {
  if (mode === 'start' || earlier === undefined) return measureAndCollect(source, request);
  const next = mode === 'resume' ? source.resume : source.terminate;
  const message = `metric provider "${source.id}" cannot ${mode} a measurement`;
  return (await next?.(request, earlier)) ?? { kind: 'error', message };
}

/** The source of a provider; all plugins share one, but for those that are built in. */
function sourceOf(sources: MeasureDeps['sources'], id: string): MetricSource | undefined {
  const key = id.startsWith('plugin.') && !Object.hasOwn(sources, id) ? 'plugin' : id;
  return Object.hasOwn(sources, key) ? sources[key] : undefined;
}

/** What is kept nowhere any more once this measurement is stored may be forgotten by its source too. */
async function measureAndCollect(source: MetricSource, request: MetricRequest): Promise<SourceOutcome> {
  const outcome = await source.measure(request);
  const { run, metric } = request;
  const prepared = source.collect === undefined ? undefined : prepareRun(run);
  if (prepared?.ok !== true) return outcome;
  const limit = prepared.value.rules.retentionOf(metric.name);
  const stored = run.status?.metricResults?.find(({ name }) => name === metric.name)?.measurements ?? [];
  if (stored.length >= limit) await source.collect?.(request, limit);
  return outcome;
}
