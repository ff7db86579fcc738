import type { UnknownObject } from '#api/k8s/meta.js';
import { addMs } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import { type AppError, toAppError } from '#ports/errors.js';
import type { ControllerDefinition, ReconcileKey, Watch } from '#runtime/controller/definition.js';
import { decideRetry, type Failures, noFailures } from '#runtime/controller/retry.js';
import { KeyQueue, keyId } from './key-queue.js';
import { type Lens, lensOf } from './lens.js';

/** Equal runs retry at equal moments. */
const noJitter = 0.5;

/** A pass that failed. */
export interface PassFailure {
  readonly controller: string;
  readonly key: ReconcileKey;
  readonly error: AppError;
}

/** A definition at work: its queue, its failures, its background work. */
export class RunningController {
  readonly queue: KeyQueue;
  readonly definition: ControllerDefinition;
  readonly #clock: Clock;
  readonly #onFailure: (failure: PassFailure) => void;
  readonly #failures = new Map<string, Failures>();
  readonly #lenses = new Map<Watch, Lens>();
  #endBackground: (() => void) | undefined;
  #isStopped = false;

  constructor(
    definition: ControllerDefinition,
    clock: Clock,
    onReady: () => void,
    onFailure: (failure: PassFailure) => void,
  ) {
    this.definition = definition;
    this.#clock = clock;
    this.#onFailure = onFailure;
    this.queue = new KeyQueue(clock, onReady);
  }

  /** Called when what it watches is known, before the first pass. */
  begin(): void {
    this.#endBackground = this.definition.background?.subscribe((key) => this.add(key));
  }

  /** Nothing is begun any more; a pass under way runs on to its next failure or end, unheard. */
  stop(): void {
    this.#isStopped = true;
    this.#endBackground?.();
    this.queue.clear();
  }

  add(key: ReconcileKey): void {
    if (!this.#isStopped) this.queue.add(key);
  }

  /** Queues the keys that a change concerns, those of the object before it included. */
  heed(watch: Watch, cache: Cache, object: UnknownObject, old: UnknownObject | undefined): void {
    const lens = this.#lensOf(watch);
    for (const state of old === undefined ? [object] : [old, object]) {
      const seen = lens(state);
      if (seen === undefined) continue;
      for (const key of watch.keysOf(seen, cache)) this.add(key);
    }
  }

  /** One pass of a key. Never throws: a failure is told and retried as its class says. */
  async pass(key: ReconcileKey): Promise<void> {
    if (!this.queue.begin(key)) return;
    try {
      const result = await this.definition.reconcile(key);
      this.#failures.delete(keyId(key));
      if (result.requeueAt !== undefined && !this.#isStopped) this.queue.addAt(key, result.requeueAt);
    } catch (thrown) {
      this.#fail(key, toAppError(thrown));
    } finally {
      this.queue.end(key);
    }
  }

  #lensOf(watch: Watch): Lens {
    const lens = this.#lenses.get(watch) ?? lensOf(watch);
    this.#lenses.set(watch, lens);
    return lens;
  }

  #fail(key: ReconcileKey, error: AppError): void {
    if (this.#isStopped) return;
    const { retry, failures } = decideRetry(error, this.#failures.get(keyId(key)) ?? noFailures, noJitter);
    this.#failures.set(keyId(key), failures);
    this.#onFailure({ controller: this.definition.name, key, error });
    if (retry === 'at once') this.add(key);
    else if (retry !== 'on change') this.queue.addAt(key, addMs(this.#clock.now(), retry.afterMs));
  }
}
