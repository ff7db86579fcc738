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
  #waiting: Queued[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  push(queued: Queued): void {
    this.#waiting.push(queued);
  }

  next(): Queued | undefined {
    return this.#waiting.shift();
  }

  /** Takes all out that differ from this one in the message alone. */
  takeSimilar(queued: Queued): readonly Queued[] {
    const group = groupKey(queued);
    const isSimilar = (other: Queued) => groupKey(other) === group;
    const similar = this.#waiting.filter(isSimilar);
    if (similar.length > 0) this.#waiting = this.#waiting.filter((other) => !isSimilar(other));
    return similar;
  }
}
