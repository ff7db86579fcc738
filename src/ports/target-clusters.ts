import type { Instant } from '#core/time/instant.js';
import type { DynamicWatchRequest, DynamicWatchView } from './dynamic-watches.js';
import type { Kube } from './kube.js';

/** Where objects are applied, and as whom. */
export interface TargetIdentity {
  /** Impersonated, for instance `system:serviceaccount:shop:deployer`; its groups follow from it. */
  readonly user?: string;
  /** The text of a kubeconfig; absent: the cluster that the controllers are in. */
  readonly kubeconfig?: string;
  /** A cluster that tokens open, in place of a kubeconfig. */
  readonly endpoint?: TokenEndpoint;
}

/** An API server that takes tokens which are made as they are needed. */
export interface TokenEndpoint {
  readonly address: string;
  /** Who signed its certificate, as PEM; absent: an authority that everybody knows. */
  readonly ca?: string;
  /** Whose tokens these are and what for: endpoints that differ in it are different. */
  readonly holder: string;
  /** A new token, and until when it is good; throws an AppError when there is none. */
  newToken(): Promise<{ readonly token: string; readonly expires: Instant | undefined }>;
}

export interface TargetCluster {
  readonly kube: Kube;
  /** Of a cluster that is not that of the controllers; as in DynamicWatches, its keys go to whoever has subscribed. */
  readonly watches?: { ensure(request: Omit<DynamicWatchRequest, 'controller'>): DynamicWatchView };
}

/** API servers by identity, each opened once. */
export interface TargetClusters {
  /** Throws ConfigInvalid for a kubeconfig that cannot be used. Nothing is sent before the first call. */
  open(identity: TargetIdentity): Promise<TargetCluster>;
  /** Where the keys of watches in other clusters go. @returns a function that ends it. */
  subscribe(enqueue: (key: { readonly namespace?: string; readonly name: string }) => void): () => void;
}
