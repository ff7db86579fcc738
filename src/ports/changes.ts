import type { Kind } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** What moves in the watch cache, for readers that show it live. */
export interface Changes {
  /**
   * Calls back after each change of an object of this kind, when the cache already holds it; nothing for what is there
   * at the time of the call. The callback must not throw and must not block.
   * @returns a function that ends it; harmless when called twice.
   */
  subscribe(kind: Kind, callback: (object: UnknownObject, type: ChangeType) => void): () => void;
}
