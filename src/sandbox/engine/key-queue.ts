import type { Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';

/** Keys of one controller: each at most once, at the earliest time asked for, never while it is in work. */
export class KeyQueue {
  readonly #ready = new Map<string, ReconcileKey>();
  readonly #running = new Set<string>();
  /** Asked for while in work: ready again as soon as the pass is over. */
  readonly #again = new Map<string, ReconcileKey>();
  readonly #timers = new Map<string, () => void>();
  readonly #clock: Clock;
  readonly #onReady: () => void;

  constructor(clock: Clock, onReady: () => void) {
    this.#clock = clock;
    this.#onReady = onReady;
  }

  add(key: ReconcileKey): void {
    const id = keyId(key);
    if (this.#running.has(id)) {
      this.#again.set(id, key);
      return;
    }
    this.#ready.set(id, key);
    this.#onReady();
  }

  /** Replaces the moment that was asked for before, if any. */
  addAt(key: ReconcileKey, at: Instant): void {
    const id = keyId(key);
    this.#timers.get(id)?.();
    const cancel = this.#clock.schedule(at, () => {
      this.#timers.delete(id);
      this.add(key);
    });
    this.#timers.set(id, cancel);
  }

  /** The keys that are ready, sorted. */
  ready(): readonly ReconcileKey[] {
    return [...this.#ready].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Takes the key into work; `false` when it is not ready (any more). Its timer is void: the pass asks anew. */
  begin(key: ReconcileKey): boolean {
    const id = keyId(key);
    if (!this.#ready.delete(id)) return false;
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    this.#running.add(id);
    return true;
  }

  end(key: ReconcileKey): void {
    const id = keyId(key);
    this.#running.delete(id);
    const again = this.#again.get(id);
    if (again === undefined) return;
    this.#again.delete(id);
    this.add(again);
  }

  /** Forgets every key and timer. */
  clear(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#ready.clear();
    this.#again.clear();
  }
}

/** `namespace/name`. */
export function keyId(key: ReconcileKey): string {
  return `${key.namespace ?? ''}/${key.name}`;
}
