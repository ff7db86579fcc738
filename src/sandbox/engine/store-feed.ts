import type { Kind } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { ApiStore } from '../store/store.js';
import type { ChangeFeed, Change, Following } from './change-feed.js';

const definitionsKey = 'customresourcedefinitions.apiextensions.k8s.io';

/** The changes of a store, told while the write is still under way. */
export function createStoreFeed(store: Pick<ApiStore, 'watch' | 'onChange'>): ChangeFeed {
  return { follow: (kind, listener) => new StoreFollowing(store, kind, listener) };
}

/** Watches a kind for as long as it is served, and again when it is served again. */
class StoreFollowing implements Following {
  readonly #store: Pick<ApiStore, 'watch' | 'onChange'>;
  readonly #kind: Kind;
  readonly #listener: (change: Change) => void;
  #hasBegun = false;
  #isStopped = false;
  #endWatch: () => void = () => undefined;
  #endWait: () => void = () => undefined;

  constructor(store: Pick<ApiStore, 'watch' | 'onChange'>, kind: Kind, listener: (change: Change) => void) {
    this.#store = store;
    this.#kind = kind;
    this.#listener = listener;
    this.#open();
  }

  hasBegun(): boolean {
    return this.#hasBegun;
  }

  stop(): void {
    this.#isStopped = true;
    this.#endWatch();
    this.#endWait();
  }

  #open(): void {
    const { group, version, plural } = this.#kind;
    let isRefused = false;
    const end = this.#store.watch(
      { verb: 'watch', group, version, resource: plural },
      (event) => {
        if (event.type === 'ERROR') isRefused = true;
        // A watch without metadata-only form hands out whole objects.
        else if (event.type !== 'BOOKMARK')
          this.#listener({ type: event.type, object: event.object as UnknownObject });
      },
      () => this.#awaitDefinition(),
    );
    if (isRefused) return;
    this.#hasBegun = true;
    this.#endWatch = end;
  }

  #awaitDefinition(): void {
    this.#hasBegun = false;
    if (this.#isStopped) return;
    this.#endWait();
    this.#endWait = this.#store.onChange(({ storageKey }) => {
      if (storageKey !== definitionsKey) return;
      this.#endWait();
      this.#open();
    });
  }
}
