import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What is told of the queue of a controller; `id` names a key in it. */
export interface WorkQueueMetrics {
  added(controller: string): void;
  retried(controller: string): void;
  /** A pass begins for a key that was in line for so long. */
  began(controller: string, id: string, waitedMs: number): void;
  ended(controller: string, id: string, ms: number): void;
  /** Reads queue depth and passes under way when it is scraped. */
  watchQueue(controller: string, read: () => QueueState): void;
}

interface QueueState {
  readonly depth: number;
  readonly running: number;
}

/** As client-go has them: from ten nanoseconds to ten seconds. */
const buckets = Array.from({ length: 10 }, (_, i) => 1e-8 * 10 ** i);

/** The metrics of queues that client-go gives to every controller. `names` are those of the peer's queues by controller. */
export function createWorkQueueMetrics(
  registry: Registry,
  names: Readonly<Record<string, string>>,
): WorkQueueMetrics {
  const registers = [registry];
  const labelNames = ['name'] as const;
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers });
  const seconds = (name: string, help: string) =>
    new Histogram({ name, help, labelNames, buckets, registers });
  const adds = counter('workqueue_adds_total', 'Total number of adds handled by workqueue');
  const retries = counter('workqueue_retries_total', 'Total number of retries handled by workqueue');
  const waits = seconds(
    'workqueue_queue_duration_seconds',
    'How long in seconds an item stays in workqueue before being requested.',
  );
  const works = seconds(
    'workqueue_work_duration_seconds',
    'How long in seconds processing an item from workqueue takes.',
  );
  const queues = new Map<string, () => QueueState>();
  const running = new Map<string, Map<string, number>>();
  addQueueGauges(registry, queues, running);
  const named = (controller: string): string => names[controller] ?? controller;
  return {
    added: (controller) => adds.inc({ name: named(controller) }),
    retried: (controller) => retries.inc({ name: named(controller) }),
    began(controller, id, waitedMs) {
      waits.observe({ name: named(controller) }, waitedMs / 1000);
      running.get(named(controller))?.set(id, performance.now());
    },
    ended(controller, id, ms) {
      works.observe({ name: named(controller) }, ms / 1000);
      running.get(named(controller))?.delete(id);
    },
    watchQueue(controller, read) {
      queues.set(named(controller), read);
      running.set(named(controller), new Map());
    },
  };
}

function addQueueGauges(
  registry: Registry,
  queues: ReadonlyMap<string, () => QueueState>,
  running: ReadonlyMap<string, ReadonlyMap<string, number>>,
): void {
  const gauge = (name: string, help: string, valueOf: (queue: string, state: QueueState) => number): void => {
    const collect = function (this: Gauge) {
      for (const [queue, read] of queues) this.set({ name: queue }, valueOf(queue, read()));
    };
    registry.registerMetric(new Gauge({ name, help, labelNames: ['name'], registers: [], collect }));
  };
  const ages = (queue: string): readonly number[] => {
    const now = performance.now();
    return [...(running.get(queue)?.values() ?? [])].map((since) => (now - since) / 1000);
  };
  gauge('workqueue_depth', 'Current depth of workqueue', (_, { depth }) => depth);
  gauge('workqueue_running', 'Passes under way.', (_, state) => state.running);
  gauge(
    'workqueue_unfinished_work_seconds',
    'How many seconds of work has been done that is in progress and has not been observed by work_duration.',
    (queue) => ages(queue).reduce((sum, age) => sum + age, 0),
  );
  gauge(
    'workqueue_longest_running_processor_seconds',
    'How many seconds has the longest running processor for workqueue been running.',
    (queue) => Math.max(0, ...ages(queue)),
  );
}
