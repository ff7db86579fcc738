import type { Recorded } from './event-object.js';

/** Events in line, first come, first told: those of one object are always in the same line. */
export class EventLane {
  #waiting: Recorded[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  push(recorded: Recorded): void {
    this.#waiting.push(recorded);
  }

  next(): Recorded | undefined {
    return this.#waiting.shift();
  }

  /** Takes all out that differ from this one in the message alone. */
  takeSimilar({ object, event }: Recorded): readonly Recorded[] {
    const isSimilar = (other: Recorded) =>
      other.event.reason === event.reason &&
      other.event.type === event.type &&
      other.object.kind === object.kind &&
      other.object.metadata.name === object.metadata.name &&
      other.object.metadata.namespace === object.metadata.namespace &&
      other.object.metadata.uid === object.metadata.uid;
    const similar = this.#waiting.filter(isSimilar);
    if (similar.length > 0) this.#waiting = this.#waiting.filter((other) => !isSimilar(other));
    return similar;
  }
}
