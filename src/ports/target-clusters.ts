import type { DynamicWatchRequest, DynamicWatchView } from './dynamic-watches.js';
import type { Kube } from './kube.js';

/** Where objects are applied, and as whom. */
export interface TargetIdentity {
  /** Impersonated, for instance `system:serviceaccount:shop:deployer`; its groups follow from it. */
  readonly user?: string;
  /** The text of a kubeconfig; absent: the cluster that the controllers are in. */
  readonly kubeconfig?: string;
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
