import { createHash } from 'node:crypto';
import { createCredentials } from '#adapters/kube-http/credentials.js';
import { createKubeHttp, type KubeHttp } from '#adapters/kube-http/kube-http.js';
import { loadKubeconfig, type KubeconfigOptions } from '#adapters/kube-http/kubeconfig.js';
import { tokenSource } from '#adapters/kube-http/token-source.js';
import type { Clock } from '#ports/clock.js';
import type { DynamicWatchRequest, DynamicWatchView } from '#ports/dynamic-watches.js';
import type { Log } from '#ports/log.js';
import type { TargetCluster, TargetClusters, TargetIdentity } from '#ports/target-clusters.js';
import { leadingKube } from '#runtime/leader/leading-kube.js';
import { WatchSet } from '#runtime/manager/watch-set.js';

export interface TargetClusterOptions {
  /** How the controllers reach their own cluster. */
  readonly own: KubeconfigOptions;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether this process may write. */
  readonly isLeader: () => boolean;
}

type Key = { readonly namespace?: string; readonly name: string };

interface Opened extends TargetCluster {
  readonly close: () => Promise<void>;
}

/** So many connections of other identities are kept; the one that was not asked for longest goes. */
const mostOpen = 100;

/** The API servers that Kustomizations apply to as somebody else or somewhere else. */
export function createTargetClusters(
  options: TargetClusterOptions,
): TargetClusters & { close(): Promise<void> } {
  const opened = new Map<string, Promise<Opened>>();
  const subscribers = new Set<(key: Key) => void>();
  const enqueue = (key: Key): void => {
    for (const subscriber of subscribers) subscriber(key);
  };
  return {
    open(identity) {
      const id = idOf(identity);
      const cluster = opened.get(id) ?? openCluster(options, identity, enqueue);
      opened.delete(id);
      opened.set(id, cluster);
      cluster.catch(() => opened.delete(id));
      const [oldest] = opened.keys();
      if (opened.size > mostOpen && oldest !== undefined) {
        void opened.get(oldest)?.then(
          ({ close }) => close(),
          () => undefined,
        );
        opened.delete(oldest);
      }
      return cluster;
    },
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return () => void subscribers.delete(subscriber);
    },
    async close() {
      const all = await Promise.allSettled(opened.values());
      opened.clear();
      await Promise.all(all.flatMap((each) => (each.status === 'fulfilled' ? [each.value.close()] : [])));
    },
  };
}

function idOf({ user = '', kubeconfig, endpoint }: TargetIdentity): string {
  const { address, ca = '', holder } = endpoint ?? {};
  const text = kubeconfig ?? (endpoint === undefined ? undefined : JSON.stringify([address, ca, holder]));
  const digest = text === undefined ? '' : createHash('sha256').update(text).digest('hex');
  return `${user}|${digest}`;
}

async function openCluster(
  { own, clock, log, isLeader }: TargetClusterOptions,
  { user, kubeconfig, endpoint }: TargetIdentity,
  enqueue: (key: Key) => void,
): Promise<Opened> {
  const as = user === undefined ? {} : { as: user };
  const isOwn = kubeconfig === undefined && endpoint === undefined;
  const source =
    endpoint === undefined
      ? await loadKubeconfig(
          kubeconfig === undefined
            ? { ...own, access: { ...own.access, ...as } }
            : { text: kubeconfig, access: as },
        )
      : tokenSource({ ...endpoint, ...as }, clock);
  const credentials = createCredentials(source, clock);
  const http = createKubeHttp({ credentials, clock, userAgent: 'sluice-kustomization' });
  const kube = leadingKube(http, isLeader);
  if (isOwn) return { kube, close: () => http.close() };
  const watches = watchesOf(http, { clock, log }, enqueue);
  return {
    kube,
    watches,
    close: async () => {
      watches.stop();
      await http.close();
    },
  };
}

/** Watches in a cluster of its own; what they see goes to whoever is enqueued by it. */
function watchesOf(
  kube: KubeHttp,
  { clock, log }: Pick<TargetClusterOptions, 'clock' | 'log'>,
  enqueue: (key: Key) => void,
): NonNullable<TargetCluster['watches']> & { stop(): void } {
  const set = new WatchSet({
    kube,
    clock,
    log,
    onSync: () => undefined,
    onError: (kind, error) =>
      log.debug('watch in another cluster failed', { kind: kind.kind, error: error.message }),
  });
  const views = new Map<string, DynamicWatchView>();
  set.start();
  return {
    stop: () => set.stop(),
    ensure(request: Omit<DynamicWatchRequest, 'controller'>) {
      const id = JSON.stringify([request.kind, request.labelSelector, request.metadataOnly]);
      const known = views.get(id);
      if (known !== undefined) return known;
      const { informer } = set.join({ ...request, optional: true }, ({ old, object }) => {
        for (const state of [old, object]) if (state !== undefined) request.keysOf(state).forEach(enqueue);
      });
      const view: DynamicWatchView = {
        hasSynced: () => informer.hasSynced(),
        get: (namespace, name) => informer.get(request.kind.namespaced ? namespace : undefined, name),
        ownedBy: (ownerUid) => informer.list({ ownerUid }),
      };
      views.set(id, view);
      return view;
    },
  };
}
