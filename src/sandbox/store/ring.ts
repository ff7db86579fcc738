/** A change of one object, as watches and old snapshots need it. */
export interface HistoryEntry<T> {
  readonly version: number;
  /** Absent when it was created. */
  readonly before?: T;
  /** Absent when it was removed. */
  readonly after?: T;
  /** The last state of a removed object, carrying the version of its removal. */
  readonly removed?: T;
}

/** The last changes of one kind, oldest first; older ones are forgotten. */
export class Ring<T> {
  readonly #entries: HistoryEntry<T>[] = [];
  readonly #size: number;
  #forgotten: number;

  /** @param since - versions up to this one cannot be asked for. */
  constructor(size: number, since: number) {
    this.#size = size;
    this.#forgotten = since;
  }

  push(entry: HistoryEntry<T>): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.#size * 2) {
      const dropped = this.#entries.splice(0, this.#entries.length - this.#size);
      this.#forgotten = dropped.at(-1)?.version ?? this.#forgotten;
    }
  }

  /** Forgets every change up to a version, as a compaction does. */
  compact(version: number): void {
    const kept = this.#entries.findIndex((entry) => entry.version > version);
    this.#entries.splice(0, kept < 0 ? this.#entries.length : kept);
    this.#forgotten = Math.max(this.#forgotten, version);
  }

  /** The changes after a version, in order; `undefined` when some of them are forgotten. */
  since(version: number): readonly HistoryEntry<T>[] | undefined {
    if (version < this.#forgotten) return undefined;
    const first = this.#entries.findIndex((entry) => entry.version > version);
    return first < 0 ? [] : this.#entries.slice(first);
  }
}
