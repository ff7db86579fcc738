import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import { newRevision, startCluster, step } from './cluster.js';
import { cpuOf, freePort, memoryOf, until } from './probe.js';
import { difference, requestsOf, total } from './requests.js';

/** What one fleet cost. Requests are counted by `verb kind`, without watches and leases. */
interface Cost {
  readonly size: number;
  /** From the first new revision until the last Rollout was Healthy again, without its pauses. */
  readonly settleMs: number;
  readonly cpuSeconds: number;
  readonly idleCpuSeconds: number;
  readonly rss: number;
  readonly peak: number;
  readonly updating: ReadonlyMap<string, number>;
  readonly idle: ReadonlyMap<string, number>;
}

const pauseSeconds = 1;
const idleSeconds = 15;
const steps = [20, 40, 60, 80].flatMap((weight) => [
  { setWeight: weight },
  { pause: { duration: pauseSeconds } },
]);

/** Updates a fleet of Rollouts at once, then leaves it alone. A new controller and a new cluster each time. */
async function measureFleet(size: number): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-fleet-'));
  const cluster = await startCluster(size, { canary: { maxSurge: 1, maxUnavailable: 0, steps } });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor(cluster.url));
  const metricsPort = await freePort();
  const controller = spawn(
    process.execPath,
    [
      'dist/sluice.mjs',
      'controller',
      '--kubeconfig',
      kubeconfig,
      '--loglevel',
      'warn',
      '--healthz-port',
      String(await freePort()),
      '--metrics-port',
      String(metricsPort),
      '--storage-path',
      join(folder, 'artifacts'),
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const everyRollout = async (check: (rollout: Rollout) => boolean) => {
    const { items } = await cluster.kube.list<Rollout>(kinds.rollout, { namespace: step.namespace });
    return items.every(check);
  };
  const isDone = ({ metadata, status }: Rollout) =>
    status?.phase === 'Healthy' && status.observedGeneration === String(metadata.generation);
  const requests = () => requestsOf(`http://127.0.0.1:${metricsPort}/metrics`);
  try {
    await until('healthy', () => everyRollout(isDone), 100);
    const before = await requests();
    const cpuBefore = await cpuOf(controller);
    const startedAt = performance.now();
    for (let i = 0; i < size; i++) {
      const { body } = newRevision(`app-${i}`);
      await cluster.kube.patch(
        { kind: kinds.rollout, namespace: step.namespace, name: `app-${i}` },
        { type: 'merge', body },
      );
    }
    await until('updated', () => everyRollout(isDone), 100);
    const settleMs = performance.now() - startedAt - 4 * pauseSeconds * 1000;
    const cpuAfter = await cpuOf(controller);
    const after = await requests();
    await sleep(3000);
    const idleBefore = await requests();
    const cpuIdle = await cpuOf(controller);
    await sleep(idleSeconds * 1000);
    return {
      size,
      settleMs,
      cpuSeconds: cpuAfter - cpuBefore,
      idleCpuSeconds: (await cpuOf(controller)) - cpuIdle,
      ...(await memoryOf(controller)),
      updating: difference(before, after),
      idle: difference(idleBefore, await requests()),
    };
  } finally {
    controller.kill('SIGTERM');
    await new Promise((resolve) => controller.once('exit', resolve));
    await cluster.close();
    await rm(folder, { recursive: true });
  }
}

function print(costs: readonly Cost[]): void {
  const [one] = costs;
  const row = (name: string, value: (cost: Cost) => string) =>
    process.stdout.write(`${name.padEnd(44)}${costs.map((cost) => value(cost).padStart(12)).join('')}\n`);
  row('rollouts updated at once', ({ size }) => String(size));
  row('settled after (pauses taken off), ms', ({ settleMs }) => settleMs.toFixed(0));
  row('requests a rollout', (cost) => (total(cost.updating) / cost.size).toFixed(1));
  for (const key of [...(one?.updating.keys() ?? [])].toSorted()) {
    row(`  ${key}`, (cost) => ((cost.updating.get(key) ?? 0) / cost.size).toFixed(1));
  }
  row('CPU a rollout, ms', (cost) => ((cost.cpuSeconds * 1000) / cost.size).toFixed(0));
  row('memory, MiB', ({ rss }) => rss.toFixed(0));
  row('memory, peak, MiB', ({ peak }) => peak.toFixed(0));
  row('idle: requests a minute', (cost) => ((total(cost.idle) * 60) / idleSeconds).toFixed(0));
  row('idle: CPU a minute, ms', ({ idleCpuSeconds }) => ((idleCpuSeconds * 60_000) / idleSeconds).toFixed(0));
}

const sizes = (process.argv[2] ?? '1,20,100').split(',').map(Number);
const costs: Cost[] = [];
for (const size of sizes) costs.push(await measureFleet(size));
print(costs);
