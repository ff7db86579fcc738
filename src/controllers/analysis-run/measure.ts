import type { AnalysisRun, Measurement } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import type { Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { FinishedMeasurement } from '#core/analysis/record.js';
import { matchNameRules } from '#core/analysis/name-rules.js';
import { judgeMeasurement, type SourceOutcome } from '#core/analysis/judge.js';
import { maskSecrets, secretRefsOf, withSecrets, type SecretRef } from '#core/analysis/secrets.js';
import { providerOf } from '#core/analysis/spec-problem.js';
import { substituteArgs } from '#core/analysis/substitute.js';
import { parseInstant, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { AppError, toAppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import type { MetricRequest, MetricSource } from '#ports/metric-source.js';
import type { WorkBoard } from '#runtime/controller/work-board.js';

/** What came of one measurement. `unresolved`: its arguments cannot be had, which ends the run. */
export type MeasurementReport =
  | { readonly kind: 'finished'; readonly finished: FinishedMeasurement }
  | { readonly kind: 'unresolved'; readonly message: string };

/** Measurements under way, and those that are not in the status of their run yet. */
export type MeasurementBoard = WorkBoard<MeasurementReport>;

export interface MeasureDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly sources: Readonly<Record<string, MetricSource>>;
}

/** What is to be done: begin a measurement, or go on with (or end) one that a source has under way. */
export interface MeasureOrder {
  readonly run: AnalysisRun;
  /** With its placeholders. */
  readonly metric: Metric;
  readonly mode: 'start' | 'resume' | 'terminate';
  readonly earlier?: Measurement;
}

/** Takes one measurement: reads the Secrets, puts arguments in, asks the source, judges the answer. Never throws. */
export async function measure(
  deps: MeasureDeps,
  order: MeasureOrder,
  signal: AbortSignal,
): Promise<MeasurementReport> {
  const startedAt = parseInstant(order.earlier?.startedAt) ?? deps.clock.now();
  const secrets = await readSecrets(deps.kube, order.run);
  if (secrets.kind === 'missing') return { kind: 'unresolved', message: secrets.message };
  const values = secrets.kind === 'values' ? secrets.values : new Map<string, string>();
  const args = withSecrets(order.run.spec.args ?? [], (ref) => values.get(secretId(ref)));
  const metric = secrets.kind === 'values' ? substituteArgs(order.metric, args) : undefined;
  if (metric !== undefined && !metric.ok) {
    return { kind: 'unresolved', message: maskSecrets(metric.message, [...values.values()]) };
  }
  const outcome: SourceOutcome =
    metric === undefined
      ? { kind: 'error', message: secrets.kind === 'unreadable' ? secrets.message : '' }
      : await ask(deps, { ...order, metric: metric.value }, signal);
  return report(deps, { ...order, metric: metric?.value ?? order.metric }, outcome, {
    startedAt,
    secrets: [...values.values()],
  });
}

interface Circumstances {
  readonly startedAt: Instant;
  readonly secrets: readonly string[];
}

function report(
  { sources, clock }: MeasureDeps,
  order: MeasureOrder,
  outcome: SourceOutcome,
  { startedAt, secrets }: Circumstances,
): MeasurementReport {
  const { id, config } = providerOf(order.metric);
  const times = { startedAt, finishedAt: clock.now() };
  const judged = judgeMeasurement(order.metric, outcome, times, secrets);
  const isTerminated = order.mode === 'terminate';
  const isCalm = judged.phase === 'Successful' || judged.phase === 'Inconclusive';
  const source = sourceOf(sources, id);
  const described = Object.entries({ ...source?.describe?.(config), ...outcome.resultMetadata });
  return {
    kind: 'finished',
    finished: {
      metric: order.metric.name,
      measurement: isTerminated && isCalm ? { ...judged, message: 'Metric Terminated' } : judged,
      ...(described.length === 0
        ? {}
        : {
            resultMetadata: Object.fromEntries(
              described.map(([key, value]) => [key, maskSecrets(value, secrets)]),
            ),
          }),
      ...(isTerminated ? { isTerminated } : {}),
    },
  };
}

async function ask(deps: MeasureDeps, order: MeasureOrder, signal: AbortSignal): Promise<SourceOutcome> {
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
    metricName: order.metric.name,
    metric: order.metric,
    run: order.run,
    signal,
    readSecret: (secret, key) => readSecret(deps.kube, namespace, { name: secret, key }),
  };
  try {
    if (order.mode === 'start' || order.earlier === undefined) {
      return await measureAndCollect(source, request);
    }
    const next = order.mode === 'resume' ? source.resume : source.terminate;
    return (
      (await next?.(request, order.earlier)) ?? {
        kind: 'error',
        message: `metric provider "${id}" cannot ${order.mode} a measurement`,
      }
    );
  } catch (thrown) {
    // A source that throws is faulty; the run must not hang on it.
    const { message } = toAppError(thrown);
    deps.log.error('metric source failed', { source: id, run: `${namespace}/${name}`, error: message });
    return { kind: 'error', message };
  }
}

/** The source of a provider; all plugins share one. */
function sourceOf(sources: MeasureDeps['sources'], id: string): MetricSource | undefined {
  const key = id.startsWith('plugin.') ? 'plugin' : id;
  return Object.hasOwn(sources, key) ? sources[key] : undefined;
}

/** What is kept nowhere any more once this measurement is stored may be forgotten by its source too. */
async function measureAndCollect(source: MetricSource, request: MetricRequest): Promise<SourceOutcome> {
  const outcome = await source.measure(request);
  const { run, metric } = request;
  const rules = source.collect === undefined ? undefined : matchNameRules(run.spec, run.spec.metrics);
  const stored = run.status?.metricResults?.find(({ name }) => name === metric.name)?.measurements ?? [];
  if (rules?.ok === true && stored.length >= rules.value.retentionOf(metric.name)) {
    await source.collect?.(request, rules.value.retentionOf(metric.name));
  }
  return outcome;
}

type Secrets =
  | { readonly kind: 'values'; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'missing'; readonly message: string }
  /** The API server could not be asked: worth another try, unlike at the peer, which gives the run up. */
  | { readonly kind: 'unreadable'; readonly message: string };

async function readSecrets(kube: Kube, run: AnalysisRun): Promise<Secrets> {
  const values = new Map<string, string>();
  for (const ref of secretRefsOf(run)) {
    try {
      values.set(secretId(ref), await readSecret(kube, run.metadata.namespace ?? '', ref));
    } catch (thrown) {
      const { message, class: errorClass } = toAppError(thrown);
      if (errorClass === 'Missing') return { kind: 'missing', message };
      return { kind: 'unreadable', message: `secrets "${ref.name}" cannot be read: ${message}` };
    }
  }
  return { kind: 'values', values };
}

function secretId(ref: SecretRef): string {
  return `${ref.name}/${ref.key}`;
}

async function readSecret(kube: Kube, namespace: string, { name, key }: SecretRef): Promise<string> {
  const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  const object = `Secret/${namespace}/${name}`;
  if (secret === undefined) throw new AppError('KubeNotFound', `secrets "${name}" not found`, { object });
  const value = secret.data?.[key];
  if (value === undefined) {
    throw new AppError('KubeNotFound', `key '${key}' does not exist in secret '${name}'`, { object });
  }
  return Buffer.from(value, 'base64').toString('utf8');
}
