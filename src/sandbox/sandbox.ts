import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '#api/k8s/meta.js';
import type { Kube } from '#ports/kube.js';
import { createObject } from './create-object.js';
import { createEngine, type Engine } from './engine/engine.js';
import { StoreEventRecorder } from './engine/event-recorder.js';
import { createRealClock } from '#runtime/clock.js';
import type { PassFailure } from './engine/running-controller.js';
import { createStoreFeed } from './engine/store-feed.js';
import { type Gateway, type GatewayOptions, openGateway } from './gateway/gateway.js';
import { kubeconfigFor } from './http/kubeconfig.js';
import { serveStore } from './http/serve.js';
import { startJanitor } from './janitor.js';
import { createStoreKube } from './kube/store-kube.js';
import { kubeletController, nodeObject } from './pods/kubelet.js';
import { createLogSource } from './pods/log-source.js';
import { prepareAppFile } from './pods/process/app-file.js';
import type { ImageCommands } from './pods/process/image-command.js';
import { claimAddresses } from './pods/process/local-address.js';
import { createProcessPods } from './pods/process/process-pods.js';
import { dataPlaneCrds } from './store/crd/data-planes.js';
import { type ApiStore, createStore } from './store/store.js';
import { workloadControllers } from './workloads/index.js';

export interface SandboxOptions {
  /** The API server's port on 127.0.0.1; 0 (default) takes a free one. */
  readonly port?: number;
  /** Where the kubeconfig is written. Default: a new temporary file, removed by `close`. */
  readonly kubeconfig?: string;
  /** Stored before anything runs: the product's CRDs first. */
  readonly objects?: readonly KubeObject[];
  /** Default: every image is the built-in app. */
  readonly images?: ImageCommands;
  readonly gateway?: GatewayOptions;
  /** The built-in app as JavaScript. Default: the one beside the bundle, or one made from the source. */
  readonly appFile?: string;
  /** Whether each pod gets a loopback address of its own. Default: where the platform can. `false`: ports of 127.0.0.1. */
  readonly hasOwnAddresses?: boolean;
  /** Told of every failed pass of the cluster's own controllers. */
  readonly onError?: (failure: PassFailure) => void;
}

/** A cluster of real processes on this machine. */
export interface Sandbox {
  /** URL of the API server. */
  readonly url: string;
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  readonly store: ApiStore;
  /** An administrator without HTTP. */
  readonly kube: Kube;
  /** Runs the cluster's own controllers. */
  readonly engine: Engine;
  readonly gateway: Gateway;
  /** Ends every process and port, within some seconds. */
  close(): Promise<void>;
}

/** Starts a cluster; resolves when its API server and its gateway answer. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await start(options, closers, close);
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function start(
  options: SandboxOptions,
  closers: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<Sandbox> {
  const clock = createRealClock();
  const store = createStore({ clock, seed: clock.now() });
  for (const object of [...dataPlaneCrds, ...(options.objects ?? [])]) createObject(store, object);
  createObject(store, nodeObject());
  const feed = createStoreFeed(store);
  const engine = createEngine({
    feed,
    clock,
    ...(options.onError === undefined ? {} : { onError: options.onError }),
  });
  const addresses = options.hasOwnAddresses === false ? undefined : await claimAddresses();
  closers.push(() => addresses?.release());
  const pods = createProcessPods({
    clock,
    cache: engine.cache,
    images: options.images ?? {},
    appFile: options.appFile ?? (await prepareAppFile()),
    addresses,
  });
  closers.push(() => pods.close());
  const kube = createStoreKube(store);
  const events = new StoreEventRecorder(kube, clock, 'kube-controller-manager');
  const podEvents = new StoreEventRecorder(kube, clock, 'kubelet');
  const deps = { cache: engine.cache, kube, clock, events };
  for (const definition of [
    ...workloadControllers(deps),
    kubeletController({ ...deps, runtime: pods, podEvents }),
  ]) {
    engine.start(definition);
  }
  closers.push(() => engine.close());
  closers.push(startJanitor(store, clock));
  const gateway = await openGateway({ feed, clock }, options.gateway);
  closers.push(() => gateway.close());
  const server = await serveStore(store, { port: options.port ?? 0, logs: createLogSource(pods, clock) });
  closers.push(() => server.close());
  const kubeconfig = await writeKubeconfig(server.url, options.kubeconfig, closers);
  return { url: server.url, kubeconfig, store, kube, engine, gateway, close };
}

async function writeKubeconfig(
  url: string,
  path: string | undefined,
  closers: (() => Promise<void> | void)[],
): Promise<string> {
  if (path !== undefined) {
    await writeFile(path, kubeconfigFor(url), { mode: 0o600 });
    return path;
  }
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sandbox-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'kubeconfig');
  await writeFile(file, kubeconfigFor(url), { mode: 0o600 });
  return file;
}
