import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AppError } from '#ports/errors.js';
import type { ControllerMetrics } from '../controller/controller.js';

/** The metrics of one process, in a registry of its own. */
export interface Metrics extends ControllerMetrics {
  readonly registry: Registry;
  /** One attempt at a request to the API server; `code` is the HTTP status or `error`. */
  request(verb: string, kind: string, code: string, ms: number): void;
  event(kind: string, type: string, reason: string): void;
  leading(isLeader: boolean): void;
  /** Reads queue depth and passes under way when it is scraped. */
  watchQueue(controller: string, read: () => { readonly depth: number; readonly running: number }): void;
  watchFailed(kind: string): void;
}

/** Seconds; from a pass that finds nothing to do to one that waits for a slow server. */
const passBuckets = [0.001, 0.005, 0.01, 0.05, 0.15, 0.25, 0.5, 1, 5];

export interface MetricsOptions {
  readonly version: string;
  /** Memory, event-loop delay and garbage collection of the process; default true. */
  readonly process?: boolean;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  if (options.process !== false) collectDefaultMetrics({ register: registry });
  gauge(registry, 'sluice_build_info', 'The version that runs.', ['version']).set(
    { version: options.version },
    1,
  );
  const leader = gauge(registry, 'sluice_leader', 'Whether this process holds the lease.', []);
  const requests = counter(
    registry,
    'sluice_kube_requests_total',
    'Attempts at requests to the API server.',
    ['verb', 'kind', 'code'],
  );
  const requestSeconds = histogram(registry, 'sluice_kube_request_seconds', 'Time until the first byte.', [
    'verb',
  ]);
  const events = counter(registry, 'sluice_events_total', 'Events recorded.', ['kind', 'type', 'reason']);
  const watchErrors = counter(registry, 'sluice_watch_errors_total', 'Lists and watches that failed.', [
    'kind',
  ]);
  return {
    ...controllerMetrics(registry),
    registry,
    request(verb, kind, code, ms) {
      requests.inc({ verb, kind, code });
      requestSeconds.observe({ verb }, ms / 1000);
    },
    event: (kind, type, reason) => events.inc({ kind, type, reason }),
    leading: (isLeader) => leader.set(isLeader ? 1 : 0),
    watchFailed: (kind) => watchErrors.inc({ kind }),
  };
}

function controllerMetrics(registry: Registry): ControllerMetrics & Pick<Metrics, 'watchQueue'> {
  const label = ['controller'] as const;
  const passes = histogram(registry, 'sluice_reconcile_seconds', 'Duration of a pass.', label);
  const errors = counter(registry, 'sluice_reconcile_errors_total', 'Failed passes by class.', [
    'controller',
    'class',
  ]);
  const adds = counter(registry, 'workqueue_adds_total', 'Keys that were asked for.', ['name']);
  const retries = counter(registry, 'workqueue_retries_total', 'Keys tried again after a failure.', ['name']);
  const waits = histogram(registry, 'workqueue_queue_duration_seconds', 'Time from due to begun.', ['name']);
  const queues = new Map<string, () => { readonly depth: number; readonly running: number }>();
  collected(registry, 'workqueue_depth', 'Keys in line now.', queues, (queue) => queue.depth);
  collected(registry, 'workqueue_running', 'Passes under way.', queues, (queue) => queue.running);
  return {
    added: (name) => adds.inc({ name }),
    retried: (name) => retries.inc({ name }),
    waited: (name, ms) => waits.observe({ name }, ms / 1000),
    passed(controller: string, ms: number, error: AppError | undefined) {
      passes.observe({ controller }, ms / 1000);
      if (error !== undefined) errors.inc({ controller, class: error.class });
    },
    watchQueue: (controller, read) => void queues.set(controller, read),
  };
}

function collected<Q>(
  registry: Registry,
  name: string,
  help: string,
  sources: ReadonlyMap<string, () => Q>,
  valueOf: (source: Q) => number,
): void {
  const collect = function (this: Gauge) {
    for (const [source, read] of sources) this.set({ name: source }, valueOf(read()));
  };
  registry.registerMetric(new Gauge({ name, help, labelNames: ['name'], registers: [], collect }));
}

function counter<L extends string>(registry: Registry, name: string, help: string, labelNames: readonly L[]) {
  return new Counter({ name, help, labelNames, registers: [registry] });
}

function gauge<L extends string>(registry: Registry, name: string, help: string, labelNames: readonly L[]) {
  return new Gauge({ name, help, labelNames, registers: [registry] });
}

function histogram<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly L[],
) {
  return new Histogram({ name, help, labelNames, buckets: passBuckets, registers: [registry] });
}
