import type { Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';

/**
 * Watches whose kinds are only known at run time (what a Kustomization applies). Implemented by src/runtime/manager for a
 * real API server and by src/sandbox/engine in virtual time. They live as long as the process; asking again is free.
 */
export interface DynamicWatches {
  /**
   * Starts the watch unless an equal one (controller, kind, selectors, metadataOnly) runs, and returns its view.
   * A kind that the API server does not serve (yet) is awaited. Never throws, never blocks.
   */
  ensure(request: DynamicWatchRequest): DynamicWatchView;
}

export interface DynamicWatchRequest {
  /** Name of the ControllerDefinition whose queue gets the keys. */
  readonly controller: string;
  readonly kind: Kind;
  /** In the text form of the API, for instance `kustomize.toolkit.fluxcd.io/name`. Absent: every object of the kind. */
  readonly labelSelector?: string;
  /** Another server-side filter; `keysOf` filters too. */
  readonly fieldSelector?: string;
  /** Only this object, wherever it is. */
  readonly only?: { readonly namespace: string; readonly name: string };
  readonly metadataOnly?: boolean;
  /** What is kept of each object; the same function for every request of an equal watch. */
  readonly project?: (object: UnknownObject) => KubeObject;
  /** As in `Watch.keysOf` of a ControllerDefinition. Must not throw. */
  readonly keysOf: (
    object: UnknownObject,
  ) => readonly { readonly namespace?: string; readonly name: string }[];
}

/** What one dynamic watch has seen; objects as in `Cache`: frozen, without managedFields. */
export interface DynamicWatchView {
  /** From then on an object that is not here does not exist (or does not carry the label). */
  hasSynced(): boolean;
  get(namespace: string | undefined, name: string): UnknownObject | undefined;
  /** Those whose controller has this uid. */
  ownedBy(uid: string): readonly UnknownObject[];
}
