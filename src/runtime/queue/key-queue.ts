import { type Instant, instantOf } from '#core/time/instant.js';
import type { ReconcileKey } from '../controller/definition.js';
import { NamespaceLines } from './namespace-lines.js';

/**
 * Keys in line for one controller: each at most once, at the earliest moment asked for, never while it is in work.
 * Namespaces take turns, so that a thousand keys of one do not hold up the only key of another; what a person waits for
 * goes before all of them. No timers in here: the caller asks for `nextAt` and comes back.
 */
export class KeyQueue {
  readonly #delayed = new Map<string, Delayed>();
  /** No delayed key is due before; `undefined`: it has to be looked for. Thousands wait for deadlines of their own. */
  #soonest: Instant | undefined;
  readonly #ready = new NamespaceLines<Ready>();
  /** Behind all others. */
  readonly #last = new NamespaceLines<Ready>();
  /** Before all others, in turn. */
  readonly #urgent = new Map<string, Ready>();
  readonly #running = new Set<string>();
  /** Asked for while in work: in line again when the pass is over. */
  readonly #again = new Map<string, Delayed>();

  /** Asks for a pass at a moment; the past means now. A later moment than one asked for already changes nothing. */
  add(key: ReconcileKey, at: Instant, now: Instant): void {
    const id = idOf(key);
    if (this.#running.has(id)) {
      keepEarliest(this.#again, id, key, at);
      return;
    }
    if (this.#isReady(key, id)) return;
    if (at > now) {
      keepEarliest(this.#delayed, id, key, at);
      if (this.#soonest !== undefined && at < this.#soonest) this.#soonest = at;
      return;
    }
    this.#forgetLater(id);
    this.#push(key, id, now);
  }

  /** Asks for a pass behind those of all other keys, unless one is asked for anyway. */
  addLast(key: ReconcileKey, now: Instant): void {
    const id = idOf(key);
    const { namespace = '' } = key;
    if (this.#running.has(id)) this.add(key, now, now);
    else if (!this.#isReady(key, id) && !this.#last.has(namespace, id)) {
      this.#last.push(namespace, id, { key, since: now });
    }
  }

  /** Asks for a pass before those of all keys that are not urgent. */
  addUrgent(key: ReconcileKey, now: Instant): void {
    const id = idOf(key);
    if (this.#running.has(id)) {
      this.#again.set(id, { key, at: now, isUrgent: true });
      return;
    }
    if (this.#urgent.has(id)) return;
    this.#forgetLater(id);
    this.#ready.remove(key.namespace ?? '', id);
    this.#last.remove(key.namespace ?? '', id);
    this.#urgent.set(id, { key, since: now });
  }

  /** The next key, in work from now on until `done`; and how long it was overdue. */
  take(now: Instant): Taken | undefined {
    this.#ripen(now);
    const [urgent] = this.#urgent;
    if (urgent !== undefined) {
      this.#urgent.delete(urgent[0]);
      return this.#begin(urgent[0], urgent[1], now);
    }
    const next = this.#ready.take() ?? this.#last.take();
    return next === undefined ? undefined : this.#begin(next[0], next[1], now);
  }

  #begin(id: string, { key, since }: Ready, now: Instant): Taken {
    // What was asked for later is void: the pass asks anew.
    this.#forgetLater(id);
    this.#running.add(id);
    return { key, waitedMs: Math.max(0, now - since) };
  }

  /** The pass of the key is over. */
  done(key: ReconcileKey, now: Instant): void {
    const id = idOf(key);
    this.#running.delete(id);
    const again = this.#again.get(id);
    if (again === undefined) return;
    this.#again.delete(id);
    if (again.isUrgent === true) this.addUrgent(again.key, now);
    else this.add(again.key, again.at, now);
  }

  /** When the next key is to be taken; `undefined` when none is in line. A moment in the past means now. */
  nextAt(now: Instant): Instant | undefined {
    if (this.length > 0) return now;
    return this.#findSoonest();
  }

  /** Keys in line now, delayed ones not counted. */
  get length(): number {
    return this.#urgent.size + this.#ready.size + this.#last.size;
  }

  get urgentCount(): number {
    return this.#urgent.size;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Forgets all keys in line. */
  clear(): void {
    this.#delayed.clear();
    this.#soonest = undefined;
    this.#ready.clear();
    this.#last.clear();
    this.#urgent.clear();
    this.#again.clear();
  }

  #findSoonest(): Instant | undefined {
    if (this.#delayed.size === 0) this.#soonest = undefined;
    else if (this.#soonest === undefined) {
      for (const { at } of this.#delayed.values()) {
        if (this.#soonest === undefined || at < this.#soonest) this.#soonest = at;
      }
    }
    return this.#soonest;
  }

  #forgetLater(id: string): void {
    const known = this.#delayed.get(id);
    if (known === undefined) return;
    this.#delayed.delete(id);
    if (known.at === this.#soonest) this.#soonest = undefined;
  }

  #ripen(now: Instant): void {
    const soonest = this.#findSoonest();
    if (soonest === undefined || soonest > now) return;
    const due = [...this.#delayed].filter(([, { at }]) => at <= now).sort(([, a], [, b]) => a.at - b.at);
    for (const [id, { key, at }] of due) {
      this.#delayed.delete(id);
      this.#push(key, id, at);
    }
    this.#soonest = undefined;
  }

  #push(key: ReconcileKey, id: string, since: Instant): void {
    const { namespace = '' } = key;
    this.#last.remove(namespace, id);
    this.#ready.push(namespace, id, { key, since });
  }

  #isReady(key: ReconcileKey, id: string): boolean {
    return this.#urgent.has(id) || this.#ready.has(key.namespace ?? '', id);
  }
}

interface Taken {
  readonly key: ReconcileKey;
  readonly waitedMs: number;
}

interface Delayed {
  readonly key: ReconcileKey;
  readonly at: Instant;
  readonly isUrgent?: boolean;
}

interface Ready {
  readonly key: ReconcileKey;
  readonly since: Instant;
}

function keepEarliest(map: Map<string, Delayed>, id: string, key: ReconcileKey, at: Instant): void {
  const known = map.get(id);
  map.set(id, { ...known, key, at: known === undefined ? at : instantOf(Math.min(known.at, at)) });
}

function idOf(key: ReconcileKey): string {
  return `${key.namespace ?? ''}/${key.name}`;
}
