/** Texts in order, each once: found by what they begin with, and cheap to fill in the order in which a server lists. */
export class SortedIds {
  readonly #ids: string[] = [];

  /** The id must not be there. */
  add(id: string): void {
    const last = this.#ids.at(-1);
    if (last === undefined || last < id) this.#ids.push(id);
    else this.#ids.splice(this.#find(id), 0, id);
  }

  /** The id must be there. */
  remove(id: string): void {
    this.#ids.splice(this.#find(id), 1);
  }

  /** Those that begin with this, in order; `''` for all. */
  startingWith(prefix: string): readonly string[] {
    if (prefix === '') return this.#ids.slice();
    const from = this.#find(prefix);
    let to = from;
    while (this.#ids[to]?.startsWith(prefix) === true) to++;
    return this.#ids.slice(from, to);
  }

  /** Where the id is, or where it belongs. */
  #find(id: string): number {
    let from = 0;
    let to = this.#ids.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#ids[middle] ?? '') < id) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
