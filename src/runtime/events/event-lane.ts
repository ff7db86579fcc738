import type { Instant } from '#core/time/instant.js';
import { groupKey, type Recorded } from './event-object.js';

/** An event in line. */
export interface Queued extends Recorded {
  readonly queuedAt: Instant;
  /** It waited once already to be told together with others. */
  readonly wasHeld: boolean;
}

/** Events in line, first come, first told: those of one object are always in the same line. */
export class EventLane {
  readonly #waiting = new Set<Queued>();
  /** Those in line, by what they are similar in: a line of thousands is not looked through for each that is late. */
  readonly #groups = new Map<string, Set<Queued>>();

  get length(): number {
    return this.#waiting.size;
  }

  push(queued: Queued): void {
    const key = groupKey(queued);
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, new Set([queued]));
    else group.add(queued);
    this.#waiting.add(queued);
  }

  next(): Queued | undefined {
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    const key = groupKey(first);
    const group = this.#groups.get(key);
    group?.delete(first);
    if (group?.size === 0) this.#groups.delete(key);
    this.#waiting.delete(first);
    return first;
  }

  /** Takes all out that differ from this one in the message alone. */
  takeSimilar(queued: Queued): readonly Queued[] {
    const key = groupKey(queued);
    const similar = [...(this.#groups.get(key) ?? [])];
    this.#groups.delete(key);
    for (const one of similar) this.#waiting.delete(one);
    return similar;
  }
}
