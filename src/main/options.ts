import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { DigestAlgorithm } from '#adapters/artifact-store/digest.js';
import type { KubeAccess } from '#adapters/kube-http/kubeconfig.js';
import type { LogOptions } from '#adapters/log/log.js';
import type { KustomizationSettings } from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import { sha256Hex } from '#core/digest/sha256.js';
import type { ElectionTimes } from '#runtime/leader/election.js';
import type { Shard } from './instance.js';

/** Holders of the key of this process, users of the cluster by token, or whoever reaches the page. */
type PageAuthMode = 'key' | 'token' | 'off';

/** A port of this machine; without a host, of every address of it. */
interface ListenAddress {
  readonly host?: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** Flags of the controller process; names and defaults are those of the peer where it has them. */
export interface ControllerProcessOptions {
  /** Default `KUBECONFIG`, `~/.kube/config`, then the service account of the pod. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Flags of kubectl that stand over the kubeconfig. */
  readonly access?: KubeAccess;
  /** Namespaced mode: only objects of one namespace. Default false: of all. */
  readonly isNamespaced?: boolean;
  /** The namespace of namespaced mode, which it turns on; default that of the context or the pod. */
  readonly namespace?: string;
  /** Names of the controllers to run; default all. */
  readonly controllers?: readonly string[];
  /** Only objects whose instance label has this value; default `''`: only those without the label. */
  readonly instanceId?: string;
  /** Only objects that this label selector matches; default all. */
  readonly watchLabelSelector?: string;
  /** Serves `/metrics`; default 8090, 0 for any free port. */
  readonly metricsPort?: number;
  /** Serves `/healthz` and `/readyz`; default 8080, 0 for any free port. */
  readonly healthzPort?: number;
  /** Default every address, as probes and scrapes come from outside the pod. */
  readonly bindAddress?: string;
  /** Serves the page; absent: no page. 0 for any free port. */
  readonly pagePort?: number;
  /** Default 127.0.0.1. */
  readonly pageAddress?: string;
  /** Who may use the page. Default `key` on loopback, `token` on any other address, where nothing else is accepted. */
  readonly pageAuth?: PageAuthMode;
  /** Something in front of the page's address ends TLS; without it tokens are taken on loopback only. Default false. */
  readonly isPageTlsInFront?: boolean;
  /** Whoever opens the page must know it; default a random one, which is part of the page's URL. */
  readonly pageKey?: string;
  /** Where the built page is; default beside the program. */
  readonly pageAssets?: string;
  /** Default true. */
  readonly leaderElect?: boolean;
  /** Where the lease is. Default `POD_NAMESPACE`, else the namespace of the kubeconfig, else `default`. */
  readonly leaderNamespace?: string;
  /** Default those of the peer. */
  readonly leaderTimes?: ElectionTimes;
  /** Most requests a second to the API server, and at once. Default: as many as it answers. */
  readonly qps?: number;
  readonly burst?: number;
  /** Passes at the same time by controller name; default what each controller says. */
  readonly workers?: Readonly<Record<string, number>>;
  /** A `kustomize` or `kubectl` binary, by path or name; absent: the built-in generator of kustomizations. */
  readonly kustomizeBinary?: string;
  /** Sources and Kustomizations wait up to this much longer or shorter than their interval; default 5. */
  readonly intervalJitterPercent?: number;
  /** How long whatever waits for another object waits until it looks again; default 30 s. */
  readonly dependencyMs?: number;
  /** Settings of Kustomizations beside those that have an option of their own here. */
  readonly kustomizations?: Partial<KustomizationSettings>;
  /** Passes at the same time, like `workers`, for sources and Kustomizations. */
  readonly gitWorkers?: Readonly<Record<string, number>>;
  /** A Secret of the controllers' own namespace with identities of age for whatever the keys of a Kustomization do not open. */
  readonly sopsAgeSecret?: string;
  /** Where artifacts of sources are kept; default a folder of this user in the temporary directory. */
  readonly storagePath?: string;
  /** Serves artifacts; default 0, any free port. */
  readonly artifactPort?: number;
  /** The host that other processes reach artifacts under; default loopback, served to this machine only. */
  readonly artifactHost?: string;
  /** `host:port` that URLs of artifacts begin with; default where they are served. */
  readonly artifactAdvertised?: string;
  /** Artifacts that are younger are never collected; default 60 s. */
  readonly artifactRetentionMs?: number;
  /** How many artifacts of a source may stay; default 2. */
  readonly artifactRetentionRecords?: number;
  /** What digests of new artifacts are made with; default sha256. */
  readonly artifactDigest?: DigestAlgorithm;
  /** Algorithms that ssh may use; empty: its own choice. */
  readonly sshKexAlgorithms?: readonly string[];
  readonly sshHostKeyAlgorithms?: readonly string[];
  /** Where calls to Receivers arrive, once there is one; absent: nowhere. */
  readonly receiverAddress?: ListenAddress;
  /** Where other controllers post their events, once there is an Alert; absent: nowhere. */
  readonly eventsAddress?: ListenAddress;
  /** Where the events of sources and Kustomizations are posted to as well; absent: nowhere. */
  readonly eventsUrl?: string;
  /** Alerts, Receivers and Kustomizations may not name objects of other namespaces. Default false. */
  readonly noCrossNamespaceRefs?: boolean;
  /** Who Kustomizations without `serviceAccountName` apply as, in their own namespace; default this process itself. */
  readonly defaultServiceAccount?: string;
  /** How long proxies may need for changed endpoints, in ms; default what the controller says. */
  readonly endpointPropagationMs?: number;
  /** How long proxies may need for changed routes, in ms by provider id. */
  readonly routePropagationMs?: Readonly<Record<string, number>>;
  /** Addresses and networks at which no metric, no service of notifications, no Vault and no identity provider may be asked; default link-local ones and those that clouds give credentials under. */
  readonly deniedMetricAddresses?: readonly string[];
  /** Notifications may be configured in the namespace of the object too; default false. */
  readonly hasSelfServiceNotifications?: boolean;
  readonly log?: LogOptions;
  /** Flags that were given and do nothing here; each is said once. */
  readonly flagsWithoutEffect?: readonly { readonly flag: string; readonly why: string }[];
  readonly version?: string;
  /** Default the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A folder that no other user of the machine shares. */
export function defaultStoragePath(): string {
  return join(tmpdir(), `sluice-${userInfo().username}`, 'artifacts');
}

/** Unique among candidates, readable in the Lease: the pod or host, then something random. */
export function identityOf(env: Readonly<Record<string, string | undefined>>, random: string): string {
  return `${env['POD_NAME'] ?? hostname()}_${random}`;
}

/**
 * The namespaces of this process: those of its lease and of the ConfigMaps that configure it. They differ only where
 * nobody says one, which is never so in a pod: there the peer's own name for the ConfigMaps, and one that surely exists
 * for the lease.
 */
export function homeNamespacesOf(
  options: ControllerProcessOptions,
  ofKubeconfig: string | undefined,
): { readonly lease: string; readonly config: string } {
  const env = options.env ?? process.env;
  const said = env['POD_NAMESPACE'] ?? ofKubeconfig;
  return { lease: options.leaderNamespace ?? said ?? 'default', config: said ?? 'argo-rollouts' };
}

/**
 * As the peer names it, so that it and Sluice never drive the same Rollouts at the same time. Whoever handles a part of
 * what others handle with a lease in the same namespace has one of its own.
 */
export function leaseNameOf(options: ControllerProcessOptions, leaseNamespace: string): string {
  const { instanceId = '', namespace, watchLabelSelector } = options;
  const parts = [
    instanceId === '' ? '' : `-${instanceId}`,
    namespace === undefined || namespace === leaseNamespace ? '' : `.namespace.${namespace}`,
    watchLabelSelector === undefined ? '' : `.labels.${sha256Hex(watchLabelSelector).slice(0, 10)}`,
  ];
  return `argo-rollouts-controller-lock${parts.join('')}`;
}

/** The part of all objects that these options leave to the process. */
export function shardOf({ instanceId, watchLabelSelector }: ControllerProcessOptions): Shard {
  return {
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(watchLabelSelector === undefined ? {} : { labelSelector: watchLabelSelector }),
  };
}
