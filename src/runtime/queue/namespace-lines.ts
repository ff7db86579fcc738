/** Keys by namespace, each namespace in line once: they take turns, and within one it is first come, first served. */
export class NamespaceLines<V> {
  /** In the order of their turns; each holds at least one. */
  readonly #lines = new Map<string, Map<string, V>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(namespace: string, id: string): boolean {
    return this.#lines.get(namespace)?.has(id) ?? false;
  }

  /** The id must not be there. */
  push(namespace: string, id: string, value: V): void {
    const line = this.#lines.get(namespace) ?? new Map<string, V>();
    line.set(id, value);
    this.#lines.set(namespace, line);
    this.#size++;
  }

  /** The first of the namespace whose turn it is. */
  take(): readonly [string, V] | undefined {
    const [turn] = this.#lines;
    if (turn === undefined) return undefined;
    const [namespace, line] = turn;
    const [first] = line;
    if (first === undefined) return undefined;
    line.delete(first[0]);
    this.#size--;
    this.#lines.delete(namespace);
    if (line.size > 0) this.#lines.set(namespace, line);
    return first;
  }

  remove(namespace: string, id: string): void {
    const line = this.#lines.get(namespace);
    if (line?.delete(id) !== true) return;
    this.#size--;
    if (line.size === 0) this.#lines.delete(namespace);
  }

  clear(): void {
    this.#lines.clear();
    this.#size = 0;
  }
}
