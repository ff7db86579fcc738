import type { KubeObject } from '#api/k8s/meta.js';
import { subjectOf } from '#core/kube/object.js';
import { type Instant, instantOf } from '#core/time/instant.js';
import type { Kube } from '#ports/kube.js';
import { createObject } from './create-object.js';
import { createEngine, type Engine } from './engine/engine.js';
import { StoreEventRecorder } from './engine/event-recorder.js';
import type { PassFailure } from './engine/running-controller.js';
import { createStoreFeed } from './engine/store-feed.js';
import { createVirtualClock, type VirtualClock } from './engine/virtual-clock.js';
import {
  createVirtualGateway,
  type VirtualGateway,
  type VirtualGatewayOptions,
} from './gateway/virtual-gateway.js';
import { startJanitor } from './janitor.js';
import { createStoreKube } from './kube/store-kube.js';
import { kubeletController } from './pods/kubelet.js';
import { createScriptedPods, type ScriptedPods } from './pods/scripted/scripted-pods.js';
import type { ImageScripts } from './pods/scripted/script.js';
import { dataPlaneCrds } from './store/crd/data-planes.js';
import { type ApiStore, createStore } from './store/store.js';
import { workloadControllers } from './workloads/index.js';

export interface VirtualSandboxOptions {
  /** When the story begins. Default 2026-01-01T00:00:00Z. */
  readonly start?: Instant;
  /** Equal seeds give equal uids, names and logs. Default `0`. */
  readonly seed?: string | number;
  /** Created before anything runs, after Istio's CRDs, in this order: CRDs, namespaces, what the story begins with. */
  readonly objects?: readonly KubeObject[];
  readonly images?: ImageScripts;
  /** Propagation delays, and what the pods answer. */
  readonly gateway?: Omit<VirtualGatewayOptions, 'feed' | 'clock' | 'pods'>;
  /** How long the product's cache (`engine`) lags behind the store. The cluster's own controllers never lag. Default 0. */
  readonly lagMs?: number;
  /** Told of every failed pass, of the cluster's controllers too. */
  readonly onError?: (failure: PassFailure) => void;
}

/** A cluster in one process whose time moves only when told to. */
export interface VirtualSandbox {
  readonly store: ApiStore;
  readonly clock: VirtualClock;
  /** For the story itself: an administrator without a cache. */
  readonly kube: Kube;
  /** For the product's controllers: `start` definitions built with `engine.cache` and `engine.ownWrites(kube)`. */
  readonly engine: Engine;
  readonly pods: ScriptedPods;
  /** Starts no load by itself. */
  readonly gateway: VirtualGateway;
  /** For the product's controllers: events are stored before time moves. */
  readonly events: StoreEventRecorder;
  /** Every stored change so far: `+1500ms ADDED Pod/shop/web-x 17`. Equal for equal runs. */
  journal(): readonly string[];
}

const defaultStart = instantOf(Date.UTC(2026, 0, 1));

/** A cluster with its workload controllers and scripted pods, standing at its start. */
export function createVirtualSandbox(options: VirtualSandboxOptions = {}): VirtualSandbox {
  const start = options.start ?? defaultStart;
  const clock = createVirtualClock(start);
  const store = createStore({ clock, seed: options.seed ?? 0 });
  const journal = keepJournal(store, clock, start);
  const kube = createStoreKube(store);
  for (const object of [...dataPlaneCrds, ...(options.objects ?? [])]) createObject(store, object);
  const feed = createStoreFeed(store);
  const onError = options.onError === undefined ? {} : { onError: options.onError };
  const pods = createScriptedPods(options.images === undefined ? {} : { images: options.images });
  const cluster = createEngine({ feed, clock, ...onError });
  const clusterEvents = new StoreEventRecorder(kube, clock, 'kube-controller-manager');
  const deps = { cache: cluster.cache, kube, clock, events: clusterEvents };
  for (const definition of [...workloadControllers(deps), kubeletController({ ...deps, runtime: pods })]) {
    cluster.start(definition);
  }
  const events = new StoreEventRecorder(kube, clock, 'rollouts-controller');
  clock.attach(clusterEvents);
  startJanitor(store, clock);
  const gateway = createVirtualGateway({ ...options.gateway, feed, clock, pods });
  const lag = options.lagMs === undefined ? {} : { lagMs: options.lagMs };
  const engine = createEngine({ feed, clock, ...lag, ...onError });
  clock.attach(events);
  return { store, clock, kube, engine, pods, gateway, events, journal };
}

function keepJournal(store: ApiStore, clock: VirtualClock, start: Instant): () => readonly string[] {
  const lines: string[] = [];
  store.onChange(({ before, after, removed, version }) => {
    const object = after ?? removed ?? before;
    const word = after === undefined ? 'DELETED' : before === undefined ? 'ADDED' : 'MODIFIED';
    if (object !== undefined) lines.push(`+${clock.now() - start}ms ${word} ${subjectOf(object)} ${version}`);
  });
  return () => lines;
}
