import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { KubeObject } from '#api/k8s/meta.js';
import type { AppError } from '#ports/errors.js';
import type { ControllerMetrics } from '../controller/controller.js';
import type { ReconcileKey } from '../controller/definition.js';
import type { ApiRequest } from './api-requests.js';
import { createPeerMetrics, type MetricSubject, type PeerMetrics } from './peer-metrics.js';
import { createWorkQueueMetrics, type WorkQueueMetrics } from './work-queues.js';

/** The metrics of one process, in a registry of its own: our own ones and those of the peer. */
export interface Metrics extends ControllerMetrics, Pick<WorkQueueMetrics, 'watchQueue'> {
  readonly registry: Registry;
  readonly peer: PeerMetrics;
  /** One attempt at a request to the API server. */
  request(request: ApiRequest & { readonly kind: string; readonly ms: number }): void;
  event(object: Pick<KubeObject, 'kind' | 'metadata'>, type: string, reason: string): void;
  leading(isLeader: boolean): void;
  watchFailed(kind: string): void;
}

/** Seconds; from a pass that finds nothing to do to one that waits for a slow server. */
const passBuckets = [0.001, 0.005, 0.01, 0.05, 0.15, 0.25, 0.5, 1, 5];

export interface MetricsOptions {
  readonly version: string;
  /** Memory, event-loop delay and garbage collection of the process; default true. */
  readonly process?: boolean;
  /** What the objects of a controller are called in the peer's metrics; absent: they have none. */
  readonly subjects?: Readonly<Record<string, MetricSubject>>;
  /** The peer's names of queues, by controller; absent: the controller's own. */
  readonly queueNames?: Readonly<Record<string, string>>;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  if (options.process !== false) collectDefaultMetrics({ register: registry });
  gauge(registry, 'sluice_build_info', 'The version that runs.', ['version']).set(
    { version: options.version },
    1,
  );
  const peer = createPeerMetrics(registry, options.version);
  const leader = gauge(registry, 'sluice_leader', 'Whether this process holds the lease.', []);
  const countRequest = requestMetrics(registry);
  const events = counter(registry, 'sluice_events_total', 'Events recorded.', ['kind', 'type', 'reason']);
  const watchErrors = counter(registry, 'sluice_watch_errors_total', 'Lists and watches that failed.', [
    'kind',
  ]);
  return {
    ...controllerMetrics(registry, peer, options),
    registry,
    peer,
    request(request) {
      countRequest(request);
      peer.request(request);
    },
    event({ kind, metadata }, type, reason) {
      events.inc({ kind, type, reason });
      if (kind === 'Rollout') peer.rolloutEvent(objectOf(metadata), type, reason);
    },
    leading: (isLeader) => leader.set(isLeader ? 1 : 0),
    watchFailed: (kind) => watchErrors.inc({ kind }),
  };
}

function controllerMetrics(
  registry: Registry,
  peer: PeerMetrics,
  { subjects = {}, queueNames = {} }: MetricsOptions,
): ControllerMetrics & Pick<Metrics, 'watchQueue'> {
  const passes = histogram(registry, 'sluice_reconcile_seconds', 'Duration of a pass.', ['controller']);
  const errors = counter(registry, 'sluice_reconcile_errors_total', 'Failed passes by class.', [
    'controller',
    'class',
  ]);
  const queues = createWorkQueueMetrics(registry, queueNames);
  return {
    added: (controller) => queues.added(controller),
    retried: (controller) => queues.retried(controller),
    began: (controller, key, waitedMs) => queues.began(controller, idOf(key), waitedMs),
    passed(controller: string, key: ReconcileKey, ms: number, error: AppError | undefined) {
      queues.ended(controller, idOf(key), ms);
      passes.observe({ controller }, ms / 1000);
      if (error !== undefined) errors.inc({ controller, class: error.class });
      const subject = subjects[controller];
      if (subject !== undefined) peer.reconciled(subject, objectOf(key), ms, isFailure(error));
    },
    watchQueue: (controller, read) => queues.watchQueue(controller, read),
  };
}

/** A pass that met a newer state, or the end of the process, has not failed. */
function isFailure(error: AppError | undefined): boolean {
  return error !== undefined && error.class !== 'Conflict' && error.class !== 'Cancelled';
}

function requestMetrics(registry: Registry): Metrics['request'] {
  const labels = ['verb', 'kind', 'code'];
  const requests = counter(registry, 'sluice_kube_requests_total', 'Attempts at API requests.', labels);
  const seconds = histogram(registry, 'sluice_kube_request_seconds', 'Time until the first byte.', ['verb']);
  return ({ verb, kind, code, ms }) => {
    requests.inc({ verb, kind, code });
    seconds.observe({ verb }, ms / 1000);
  };
}

function idOf({ namespace = '', name }: ReconcileKey): string {
  return `${namespace}/${name}`;
}

function objectOf({ namespace = '', name }: ReconcileKey): {
  readonly namespace: string;
  readonly name: string;
} {
  return { namespace, name };
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
