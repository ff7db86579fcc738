import type { UnknownObject } from '#api/k8s/meta.js';
import type { InventoryRef } from '#core/gitops/apply/inventory.js';

/** What watches show of the objects that Kustomizations manage; nothing is ever asked for one object. */
export interface LiveObjects {
  /** `undefined`: there is none; `null`: its kind is not watched (yet), or may not be. */
  get(ref: InventoryRef): UnknownObject | undefined | null;
  /**
   * `onObject` hears of each object that changes, `onKind` when a kind becomes readable.
   * @returns a function that ends it.
   */
  subscribe(onObject: (object: UnknownObject) => void, onKind: () => void): () => void;
}
