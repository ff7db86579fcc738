import { apiVersionOf, type Kind, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { formatInstant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { EventRecorder } from '#ports/event-recorder.js';
import type { Kube, NewObject } from '#ports/kube.js';

interface Known {
  readonly name: string;
  readonly namespace: string;
  readonly count: number;
}

/** How many different events are remembered to count repeats up. */
const memory = 1_000;

/** Writes events to the store, one after the other; a virtual clock waits until they are stored. */
export class StoreEventRecorder implements EventRecorder {
  readonly #kube: Kube;
  readonly #clock: Clock;
  readonly #component: string;
  readonly #known = new Map<string, Known>();
  #number = 0;
  #written: Promise<void> = Promise.resolve();
  #pending = 0;

  constructor(kube: Kube, clock: Clock, component: string) {
    this.#kube = kube;
    this.#clock = clock;
    this.#component = component;
  }

  record(object: KubeObject, events: readonly EventRecord[]): void {
    for (const event of events) {
      this.#pending++;
      this.#written = this.#written
        .then(() => this.#write(object, event))
        // An event is a courtesy: the namespace may be going away.
        .catch(() => undefined)
        .finally(() => void this.#pending--);
    }
  }

  /** Resolves when everything recorded so far is stored. @returns whether there was anything to wait for. */
  async runReady(): Promise<boolean> {
    if (this.#pending === 0) return false;
    await this.#written;
    return true;
  }

  async #write(object: KubeObject, event: EventRecord): Promise<void> {
    const id = [object.metadata.uid, event.type, event.reason, event.message].join('|');
    const at = formatInstant(this.#clock.now());
    const known = this.#known.get(id);
    if (known !== undefined && (await this.#count(id, known, at))) return;
    const created = await this.#kube.create(kinds.event, this.#build(object, event, at));
    const { name, namespace = 'default' } = created.metadata;
    this.#known.set(id, { name, namespace, count: 1 });
    if (this.#known.size > memory) this.#known.delete(this.#known.keys().next().value ?? '');
  }

  /** `false` when the event is not there any more. */
  async #count(id: string, known: Known, at: string): Promise<boolean> {
    const { name, namespace } = known;
    const key = { kind: kinds.event, namespace, name };
    if ((await this.#kube.get(key)) === undefined) return false;
    await this.#kube.patch(key, { type: 'merge', body: { count: known.count + 1, lastTimestamp: at } });
    this.#known.set(id, { ...known, count: known.count + 1 });
    return true;
  }

  #build(object: KubeObject, event: EventRecord, at: string): NewObject<KubeObject> {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    const reference = {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name,
      namespace,
      uid,
      resourceVersion,
    };
    const written: NewObject<KubeObject> & Readonly<Record<string, unknown>> = {
      ...typeOf(kinds.event),
      metadata: {
        name: `${name}.${(this.#number++).toString(16).padStart(8, '0')}${(uid ?? '').slice(0, 8)}`,
        namespace: namespace ?? 'default',
      },
      involvedObject: reference,
      type: event.type,
      reason: event.reason,
      message: event.message,
      source: { component: this.#component },
      reportingComponent: this.#component,
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    };
    return written;
  }
}

function typeOf(kind: Kind): { readonly apiVersion: string; readonly kind: string } {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind };
}
