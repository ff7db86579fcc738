import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kinds } from '#api/kinds.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { newRevision, startCluster, step } from './cluster.js';
import { freePort, measureBareNode, memoryOf, scrape, until } from './probe.js';

const rollouts = 10;
const idleSeconds = 20;
const ports = { healthz: await freePort(), metrics: await freePort() };

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const cluster = await startCluster(rollouts);
const kubeconfig = join(folder, 'kubeconfig');
await writeFile(kubeconfig, kubeconfigFor(cluster.url));

const bare = await measureBareNode();
const arguments_ = ['controller', '--kubeconfig', kubeconfig, '--loglevel', 'warn'];
const storage = ['--storage-path', join(folder, 'artifacts')];
const listen = ['--healthz-port', String(ports.healthz), '--metrics-port', String(ports.metrics)];
const startedAt = performance.now();
const controller = spawn(process.execPath, ['dist/sluice.mjs', ...arguments_, ...storage, ...listen], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
try {
  await until('ready', async () => (await fetch(`http://127.0.0.1:${ports.healthz}/readyz`)).ok);
  const readyMs = performance.now() - startedAt;
  await until('healthy', async () => await everyRollout((r) => r.status?.phase === 'Healthy'), 100);
  const settled = await memoryOf(controller);
  const lateness = await measureReaction();
  const worked = await memoryOf(controller);
  // Until routes have propagated and every Rollout stands at its last pause.
  await sleep(15_000);
  const idle = await measureIdle();
  print([
    ['bare node: start', `${bare.ms.toFixed(0)} ms`, ''],
    ['bare node: memory', `${bare.rss.toFixed(0)} MiB`, ''],
    [`start to ready, ${rollouts} rollouts`, `${readyMs.toFixed(0)} ms`, '< 1000 ms'],
    ['memory, settled', `${settled.rss.toFixed(0)} MiB`, '< 130 MiB'],
    [`memory, after ${rollouts} steps`, `${worked.rss.toFixed(0)} MiB`, '< 130 MiB'],
    ['memory, peak', `${worked.peak.toFixed(0)} MiB`, ''],
    ['weight written after due, median', `${quantile(lateness, 0.5).toFixed(0)} ms`, '< 100 ms'],
    ['weight written after due, worst', `${quantile(lateness, 1).toFixed(0)} ms`, '< 100 ms'],
    ['idle requests a minute, lease', idle.lease.toFixed(0), ''],
    ['idle requests a minute, others', idle.others.toFixed(0), '0'],
  ]);
} finally {
  controller.kill('SIGTERM');
  await new Promise((resolve) => controller.once('exit', resolve));
  await cluster.close();
  await rm(folder, { recursive: true });
}

async function everyRollout(check: (rollout: Rollout) => boolean): Promise<boolean> {
  const { items } = await cluster.kube.list<Rollout>(kinds.rollout, { namespace: step.namespace });
  return items.every(check);
}

/** How late each weight was written, counted from the end of the pause before it. */
async function measureReaction(): Promise<readonly number[]> {
  const writtenAt = new Map<string, number>();
  const pausedAt = new Map<string, number>();
  const stop = new AbortController();
  const watching = [watchWeights(writtenAt, stop.signal), watchPauses(pausedAt, stop.signal)];
  for (let i = 0; i < rollouts; i++) {
    const { body } = newRevision(`app-${i}`);
    await cluster.kube.patch(
      { kind: kinds.rollout, namespace: step.namespace, name: `app-${i}` },
      { type: 'merge', body },
    );
  }
  await until('weights', async () => writtenAt.size === rollouts && pausedAt.size === rollouts, 50);
  stop.abort();
  await Promise.all(watching);
  return [...writtenAt].map(([name, at]) => at - (pausedAt.get(name) ?? 0) - step.pauseSeconds * 1000);
}

async function watchWeights(writtenAt: Map<string, number>, signal: AbortSignal): Promise<void> {
  const { resourceVersion } = await cluster.kube.list(kinds.ingress);
  for await (const event of cluster.kube.watch(kinds.ingress, { resourceVersion, signal })) {
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') continue;
    const { name, annotations } = event.object.metadata;
    const owner = /app-\d+/.exec(name)?.[0] ?? name;
    const weight = annotations?.['nginx.ingress.kubernetes.io/canary-weight'];
    if (weight === step.weight && !writtenAt.has(owner)) writtenAt.set(owner, Date.now());
  }
}

async function watchPauses(pausedAt: Map<string, number>, signal: AbortSignal): Promise<void> {
  const { resourceVersion } = await cluster.kube.list(kinds.rollout);
  for await (const event of cluster.kube.watch<Rollout>(kinds.rollout, { resourceVersion, signal })) {
    if (event.type !== 'MODIFIED') continue;
    const { name } = event.object.metadata;
    const since = event.object.status?.pauseConditions?.[0]?.startTime;
    if (since !== undefined && since !== null && !pausedAt.has(name)) pausedAt.set(name, Date.parse(since));
  }
}

async function measureIdle(): Promise<{ readonly lease: number; readonly others: number }> {
  const url = `http://127.0.0.1:${ports.metrics}/metrics`;
  const before = await scrape(url, 'sluice_kube_requests_total');
  await sleep(idleSeconds * 1000);
  const after = await scrape(url, 'sluice_kube_requests_total');
  let lease = 0;
  let others = 0;
  for (const [labels, count] of after) {
    const perMinute = ((count - (before.get(labels) ?? 0)) * 60) / idleSeconds;
    if (labels.includes('kind="Lease"')) lease += perMinute;
    else if (!labels.includes('verb="watch"')) {
      others += perMinute;
      if (perMinute > 0) process.stdout.write(`idle request: ${labels} ${perMinute.toFixed(0)} a minute\n`);
    }
  }
  return { lease, others };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function print(rows: readonly (readonly [string, string, string])[]): void {
  const table = [['measure', 'figure', 'budget'], ...rows];
  for (const [measure = '', figure = '', budget = ''] of table) {
    process.stdout.write(`${measure.padEnd(36)}${figure.padStart(10)}   ${budget}\n`);
  }
}
