import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import type { Clock } from '#ports/clock.js';
import type { EventRecorder } from '#ports/event-recorder.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import { KubeEventRecorder } from '#runtime/events/event-recorder.js';

/** Writes events to the store as the runtime does; a virtual clock waits until they are stored. */
export class StoreEventRecorder implements EventRecorder {
  readonly #recorder: KubeEventRecorder;
  #isWaitedFor = false;

  constructor(kube: Kube, clock: Clock, component: string) {
    this.#recorder = new KubeEventRecorder({ kube, clock, component, log: silent, holdMs: 0 });
  }

  record(object: KubeObject, events: readonly EventRecord[]): void {
    if (events.length > 0) this.#isWaitedFor = true;
    this.#recorder.record(object, events);
  }

  /** Resolves when everything recorded so far is stored. @returns whether there was anything to wait for. */
  async runReady(): Promise<boolean> {
    if (!this.#isWaitedFor) return false;
    this.#isWaitedFor = false;
    await this.#recorder.flush();
    return true;
  }
}

/** An event that is not written is a courtesy not done: the namespace may be going away. */
const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silent,
};
