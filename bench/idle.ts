import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { KubeHttp } from '#adapters/kube-http/kube-http.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { each, follow, onCluster, print } from './on-cluster.js';
import { cpuOf, freePort, memoryOf } from './probe.js';
import { difference, eventLoopDelay, requestsOf } from './requests.js';

/**
 * What N Rollouts cost that nobody touches on the cluster of KUBECONFIG, and how soon a controller is of use that is started
 * beside them. It starts dist/sluice.mjs itself; no other controller may serve the cluster meanwhile.
 */
const { values: flags } = parseArgs({
  options: {
    n: { type: 'string', default: '5000' },
    window: { type: 'string', default: '60' },
    namespace: { type: 'string', default: 'sluice-bench' },
  },
});
const { namespace } = flags;
const names = Array.from({ length: Number(flags.n) }, (_, i) => `idle-${String(i).padStart(5, '0')}`);

interface Running {
  readonly controller: ChildProcess;
  readonly metrics: string;
  readonly startedAt: number;
}

async function start(): Promise<Running> {
  const port = await freePort();
  const ports = ['--metricsport', String(port), '--healthzPort', '0'];
  const startedAt = performance.now();
  const controller = spawn(process.execPath, ['dist/sluice.mjs', 'controller', ...ports], {
    stdio: 'ignore',
  });
  return { controller, metrics: `http://127.0.0.1:${port}/metrics`, startedAt };
}

async function stop({ controller }: Running): Promise<void> {
  controller.kill('SIGTERM');
  await once(controller, 'exit');
}

function manifest(name: string) {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'app', image: 'example/app:v1' }] },
  };
  const selector = { matchLabels: { app: name } };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace, name },
    spec: { replicas: 0, selector, template, strategy: { canary: {} } },
  };
}

/** Resolves when the newest spec of all of these is taken in. */
async function known(kube: KubeHttp, wanted: readonly string[]): Promise<void> {
  const open = new Set(wanted);
  await follow<Rollout>(kube, { kind: kinds.rollout, namespace }, ({ metadata, status }) => {
    if (status?.observedGeneration === String(metadata.generation)) open.delete(metadata.name);
    return open.size === 0;
  });
}

let generation = 2;

/** Seconds from the start of a process until it has taken in what was changed while there was none. */
async function startAfter(
  kube: KubeHttp,
  changed: readonly string[],
): Promise<Running & { readonly seconds: number }> {
  const body = { spec: { revisionHistoryLimit: ++generation } };
  await each(changed, 32, (name) =>
    kube.patch({ kind: kinds.rollout, namespace, name }, { type: 'merge', body }),
  );
  const running = await start();
  await known(kube, changed);
  return { ...running, seconds: Number(((performance.now() - running.startedAt) / 1000).toFixed(2)) };
}

await onCluster(namespace, async (kube) => {
  const first = await start();
  await each(names, 16, (name) => kube.create(kinds.rollout, manifest(name)));
  await known(kube, names);
  await stop(first);
  const one = await startAfter(kube, names.slice(-1));
  await sleep(30_000);
  const before = await requestsOf(one.metrics);
  const cpu = await cpuOf(one.controller);
  await sleep(Number(flags.window) * 1000);
  const idle = difference(before, await requestsOf(one.metrics));
  const cpuSeconds = (await cpuOf(one.controller)) - cpu;
  const { rss, peak } = await memoryOf(one.controller);
  const eventLoopP99Ms = await eventLoopDelay(one.metrics);
  await stop(one);
  const all = await startAfter(kube, names);
  const startAllEventLoopP99Ms = await eventLoopDelay(all.metrics);
  await stop(all);
  print({
    rollouts: names.length,
    startOneSeconds: one.seconds,
    idleRequests: Object.fromEntries(idle),
    idleCpuSeconds: Number(cpuSeconds.toFixed(2)),
    rssMiB: Math.round(rss),
    peakMiB: Math.round(peak),
    eventLoopP99Ms,
    startAllSeconds: all.seconds,
    startAllEventLoopP99Ms,
  });
});
