import { apiVersionOf, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { addMs, formatInstant, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { type AppError, toAppError } from '#ports/errors.js';
import type { EventRecorder } from '#ports/event-recorder.js';
import type { Kube, NewObject } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import { EventLog, type EventWrite } from './event-log.js';

export interface KubeEventRecorderOptions {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  /** Shown as the source of the events, for instance `rollouts-controller`. */
  readonly component: string;
  /** More than these are not kept waiting; the newest are dropped. Default 20,000: a thousand releases at once. */
  readonly mostPending?: number;
  readonly onRecord?: (object: KubeObject, event: EventRecord) => void;
}

/** Tells events of Sluice from those of the peer, whose component has the same name. */
export const reportingInstance = 'sluice';

interface Pending {
  readonly object: KubeObject;
  readonly event: EventRecord;
  readonly at: Instant;
}

const defaultMostPending = 20_000;
const attempts = 3;
const retryMs = 1000;

/** Writes core/v1 Events in the background, one after the other. */
export class KubeEventRecorder implements EventRecorder {
  readonly #options: KubeEventRecorderOptions;
  readonly #told = new EventLog();
  readonly #pending: Pending[] = [];
  #working: Promise<void> | undefined;
  #number = 0;
  #dropped = 0;

  constructor(options: KubeEventRecorderOptions) {
    this.#options = options;
  }

  record(object: KubeObject, events: readonly EventRecord[]): void {
    const { clock, mostPending = defaultMostPending } = this.#options;
    const at = clock.now();
    for (const event of events) {
      this.#options.onRecord?.(object, event);
      if (this.#pending.length < mostPending) this.#pending.push({ object, event, at });
      else this.#dropped++;
    }
    if (this.#pending.length > 0) this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** Resolves when everything recorded so far has been written or dropped. */
  async flush(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async #work(): Promise<void> {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      await this.#tell(next);
    }
    if (this.#dropped > 0) this.#options.log.warn('events dropped', { count: this.#dropped });
    this.#dropped = 0;
  }

  async #tell({ object, event, at }: Pending): Promise<void> {
    const { clock, log } = this.#options;
    const write = this.#told.take(object, event, at);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#write({ object, event, at }, write);
        return;
      } catch (thrown) {
        // An event is a courtesy: it never fails what it tells about.
        const error: AppError = toAppError(thrown);
        this.#told.forget(write.id);
        if (error.class !== 'Transient' || attempt === attempts) {
          log.debug('event not written', { reason: event.reason, error: error.message });
          return;
        }
        await new Promise<void>((resolve) => clock.schedule(addMs(clock.now(), retryMs), resolve));
      }
    }
  }

  async #write({ object, event, at }: Pending, write: EventWrite): Promise<void> {
    const { kube } = this.#options;
    const namespace = object.metadata.namespace ?? 'default';
    const lastTimestamp = formatInstant(at);
    if (write.name !== undefined && (await this.#count(namespace, write.name, write, lastTimestamp))) return;
    const stored = await kube.create(kinds.event, this.#build(object, event, write, lastTimestamp));
    this.#told.stored(write.id, stored.metadata.name);
  }

  /** `false` when the Event has expired. */
  async #count(namespace: string, name: string, write: EventWrite, lastTimestamp: string): Promise<boolean> {
    const key = { kind: kinds.event, namespace, name };
    const body = { count: write.count, lastTimestamp, message: write.message };
    try {
      await this.#options.kube.patch(key, { type: 'merge', body });
      return true;
    } catch (thrown) {
      if (toAppError(thrown).class === 'Missing') return false;
      throw thrown;
    }
  }

  #build(
    object: KubeObject,
    event: EventRecord,
    write: EventWrite,
    lastTimestamp: string,
  ): NewObject<KubeObject & Readonly<Record<string, unknown>>> {
    const { component, clock } = this.#options;
    const { name, namespace, uid, resourceVersion } = object.metadata;
    // The peers' names end in nanoseconds; the counter keeps those of one millisecond apart.
    const nanos = BigInt(Math.floor(clock.now())) * 1_000_000n + BigInt(this.#number++ % 1_000_000);
    return {
      apiVersion: apiVersionOf(kinds.event),
      kind: kinds.event.kind,
      metadata: { name: `${name}.${nanos.toString(16)}`, namespace: namespace ?? 'default' },
      involvedObject: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name,
        namespace,
        uid,
        resourceVersion,
      },
      type: event.type,
      reason: event.reason,
      message: write.message.slice(0, 1024),
      source: { component },
      reportingComponent: component,
      reportingInstance,
      firstTimestamp: formatInstant(write.firstAt),
      lastTimestamp,
      count: write.count,
    };
  }
}
