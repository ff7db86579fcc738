import type { GitRef, GitRow } from '#core/view/wire/git.js';
import type { Row } from '#core/view/wire/list.js';
import type { Clock } from '#ports/clock.js';
import type { RolloutKey } from './observe.js';

/** A change of the list or of a detail. A `row` of `undefined`: the object is gone. */
type Change =
  | {
      readonly about: 'rollout';
      readonly key: RolloutKey;
      readonly row: Row | undefined;
      /** False when only the detail changed. */
      readonly isRowChanged: boolean;
    }
  | {
      readonly about: 'git';
      readonly key: GitRef;
      readonly row: GitRow | undefined;
      readonly isRowChanged: boolean;
    };

/** The same with its number. */
export type ModelChange = Change & { readonly seq: number };

const remembered = 2000;

/** One numbered stream of all that changes on the page. */
export class ChangeFeed {
  readonly #listeners = new Set<(change: ModelChange) => void>();
  readonly #recent: ModelChange[] = [];
  #seq: number;

  constructor(clock: Clock) {
    // Numbers go on growing over a restart, so that a page that comes back notices it.
    this.#seq = Math.floor(clock.now());
  }

  get seq(): number {
    return this.#seq;
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  publish(change: Change): void {
    this.#seq += 1;
    const numbered = { ...change, seq: this.#seq };
    this.#recent.push(numbered);
    if (this.#recent.length > remembered) this.#recent.splice(0, this.#recent.length - remembered);
    for (const listener of this.#listeners) listener(numbered);
  }

  /** Everything after `since`, or `undefined` when it is too long ago or of another process. */
  since(since: number): readonly ModelChange[] | undefined {
    if (since === this.#seq) return [];
    const oldest = this.#recent[0]?.seq;
    if (oldest === undefined || since < oldest - 1 || since > this.#seq) return undefined;
    return this.#recent.filter((change) => change.seq > since);
  }

  /** @returns a function that ends it. */
  subscribe(listener: (change: ModelChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
  }
}
