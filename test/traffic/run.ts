import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCredentials } from '#adapters/kube-http/credentials.js';
import { loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';
import { createKubeHttp } from '#adapters/kube-http/kube-http.js';
import { createRealClock } from '#runtime/clock.js';
import { installDefinitions } from './definitions.js';
import { giveGatewayCpu } from './routers/istio.js';
import { trafficRouters } from './routers/index.js';
import type { TrafficRouter } from './routers/router.js';
import { scenarios } from './scenarios/index.js';
import type { Scenario } from './scenarios/scenario.js';
import { endControllers, perform, removeLeftovers, type Stage } from './stage.js';
import { markdownTable, rowOf, type Row } from './table.js';

const { env } = process;
const isShort = env['SHORT'] === '1';
const folder = env['OUT'] || '.cache/traffic';

function chosen<T>(all: readonly T[], names: string | undefined, nameOf: (one: T) => string): readonly T[] {
  if (names === undefined || names === '') return all;
  return names.split(',').map((name) => {
    const found = all.find((one) => nameOf(one) === name);
    if (found === undefined) throw new Error(`there is no ${name}; there are ${all.map(nameOf).join(', ')}`);
    return found;
  });
}

interface Run {
  readonly scenario: Scenario;
  readonly router: TrafficRouter;
}

function plannedRuns(all: readonly TrafficRouter[]): readonly Run[] {
  const short = isShort ? 'istio,gateway' : 'istio,nginx,traefik,gateway';
  const routers = chosen(all, env['ROUTERS'] || short, ({ id }) => id);
  const plays = chosen(
    isShort ? scenarios.filter((one) => one.isShort === true) : scenarios,
    env['SCENARIOS'],
    ({ name }) => name,
  );
  const inOrder = plays.toSorted((a, b) => Number(b.isLong ?? false) - Number(a.isLong ?? false));
  const once = inOrder.flatMap((scenario) => routers.map((router) => ({ scenario, router })));
  return Array.from({ length: Number(env['REPEAT'] || 1) }, () => once).flat();
}

/** Plays one run after the other until there are no more; several of these work beside each other. */
async function work(stage: Stage, waiting: Run[], rows: Row[]): Promise<void> {
  for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
    const { scenario, router } = run;
    const began = Date.now();
    const outcome = await perform(stage, scenario, router);
    const row = rowOf(scenario.name, router.id, outcome.verdict);
    rows.push(row);
    const seconds = ((Date.now() - began) / 1000).toFixed(0);
    const word = row.faults.length === 0 ? 'passed' : `FAILED: ${row.faults.join('; ').slice(0, 400)}`;
    process.stdout.write(`${scenario.name} ${router.id} (${row.requests} requests, ${seconds} s) ${word}\n`);
    if (row.faults.length > 0 || env['KEEP'] === '1') {
      writeFileSync(join(folder, `${scenario.name}-${router.id}-${began}.json`), JSON.stringify(outcome));
    }
  }
}

function keepRows(rows: readonly Row[]): void {
  writeFileSync(join(folder, `rows-${Date.now()}.json`), `${JSON.stringify(rows, null, 1)}\n`);
}

async function main(): Promise<void> {
  const kubeconfig = env['KUBECONFIG'];
  if (kubeconfig === undefined || kubeconfig === '')
    throw new Error('set KUBECONFIG to the cluster to prove it on');
  const clock = createRealClock();
  const credentials = createCredentials(await loadKubeconfig({ path: kubeconfig }), clock);
  const { server } = await credentials.current();
  const kube = createKubeHttp({ credentials, clock, userAgent: 'sluice-traffic', qps: 1000, burst: 1000 });
  await installDefinitions(kube);
  await giveGatewayCpu(kube);
  await removeLeftovers(kube);
  const program = env['TRAFFIC_PROGRAM'] ?? 'dist/sluice.mjs';
  const stage = { kube, kubeconfig, program, rate: Number(env['RATE'] || 150) };
  const waiting = [...plannedRuns(trafficRouters(kube, server))];
  const rows: Row[] = [];
  mkdirSync(folder, { recursive: true });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      keepRows(rows);
      endControllers();
      process.exit(1);
    });
  const atOnce = Math.min(Number(env['PARALLEL'] || 4), waiting.length);
  await Promise.all(Array.from({ length: atOnce }, () => work(stage, waiting, rows)));
  await kube.close();
  keepRows(rows);
  process.stdout.write(`\n${markdownTable(rows)}\n\n`);
  const passed = rows.filter(({ faults }) => faults.length === 0).length;
  process.stdout.write(`${passed} passed, ${rows.length - passed} failed\n`);
  process.exitCode = passed === rows.length ? 0 : 1;
}

await main();
