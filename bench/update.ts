import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { KubeHttp } from '#adapters/kube-http/kube-http.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { follow, isDone, onCluster, print, quantile } from './on-cluster.js';
import { difference, eventLoopDelay, requestsOf, total, type Requests } from './requests.js';

/**
 * Updates N Rollouts at once on the cluster of KUBECONFIG, whatever runs there: how long it takes beyond the pauses, how
 * exact these are, and what it costs in requests by the metrics of the controller. The table goes to stderr, JSON to stdout.
 */
const { values: flags } = parseArgs({
  options: {
    n: { type: 'string', default: '1' },
    replicas: { type: 'string', default: '5' },
    namespace: { type: 'string', default: 'sluice-bench' },
    metrics: { type: 'string', default: 'http://127.0.0.1:8090/metrics' },
  },
});
const { namespace } = flags;
const count = Number(flags.n);
const pauseMs = 1000;
const steps = [20, 40, 60, 80].flatMap((setWeight) => [{ setWeight }, { pause: { duration: '1s' } }]);
const rollouts = { kind: kinds.rollout, namespace };

/** What was seen of one Rollout since its update. */
interface Seen {
  startedAt: number;
  pausedAt: number | undefined;
  readonly pauses: number[];
  doneAt: number | undefined;
}

function manifest(name: string, image: string) {
  const template = {
    metadata: { labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image }] },
  };
  const strategy = { canary: { maxSurge: '25%', maxUnavailable: 0, steps } };
  const selector = { matchLabels: { app: name } };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace, name },
    spec: { replicas: Number(flags.replicas), selector, strategy, template },
  };
}

function note(seen: Seen, rollout: Rollout): void {
  const now = performance.now();
  const isPaused = (rollout.status?.pauseConditions ?? []).length > 0;
  if (isPaused) seen.pausedAt ??= now;
  else if (seen.pausedAt !== undefined) {
    seen.pauses.push(now - seen.pausedAt);
    seen.pausedAt = undefined;
  }
  const isNew = rollout.spec.template?.spec?.containers[0]?.image === 'example/app:v2';
  if (isNew && isDone(rollout)) seen.doneAt ??= now;
}

async function update(kube: KubeHttp, names: readonly string[]): Promise<ReadonlyMap<string, Seen>> {
  const fresh = (): Seen => ({
    startedAt: performance.now(),
    pausedAt: undefined,
    pauses: [],
    doneAt: undefined,
  });
  const all = new Map(names.map((name) => [name, fresh()]));
  const done = follow<Rollout>(kube, rollouts, (rollout) => {
    const seen = all.get(rollout.metadata.name);
    if (seen !== undefined) note(seen, rollout);
    return [...all.values()].every(({ doneAt }) => doneAt !== undefined);
  });
  const spec = (name: string) => ({ template: manifest(name, 'example/app:v2').spec.template });
  await Promise.all(
    names.map(async (name) => {
      Object.assign(all.get(name) ?? {}, { startedAt: performance.now() });
      await kube.patch(
        { kind: kinds.rollout, namespace, name },
        { type: 'merge', body: { spec: spec(name) } },
      );
    }),
  );
  await done;
  return all;
}

function report(all: ReadonlyMap<string, Seen>, spent: Requests, eventLoopP99Ms: number): void {
  const seen = [...all.values()];
  const wall = Math.max(...seen.map(({ doneAt }) => doneAt ?? 0)) - Math.min(...seen.map((s) => s.startedAt));
  const outside = seen.map((s) => (s.doneAt ?? 0) - s.startedAt - s.pauses.reduce((sum, ms) => sum + ms, 0));
  const errors = seen.flatMap(({ pauses }) => pauses.map((ms) => ms - pauseMs));
  const figures = {
    rollouts: count,
    replicas: Number(flags.replicas),
    wallBeyondPausesMs: Math.round(wall - 4 * pauseMs),
    outsidePausesMs: { median: quantile(outside, 0.5), most: quantile(outside, 1) },
    pauseErrorMs: { least: quantile(errors, 0), median: quantile(errors, 0.5), most: quantile(errors, 1) },
    eventLoopP99Ms,
    requestsEach: Number((total(spent) / count).toFixed(1)),
    requests: Object.fromEntries([...spent].toSorted(([, a], [, b]) => b - a)),
  };
  print(figures);
}

const names = Array.from({ length: count }, (_, i) => `app-${String(i).padStart(5, '0')}`);
await onCluster(namespace, async (kube) => {
  await Promise.all(names.map((name) => kube.create(kinds.rollout, manifest(name, 'example/app:v1'))));
  const healthy = new Set<string>();
  await follow<Rollout>(kube, rollouts, (rollout) => {
    if (isDone(rollout)) healthy.add(rollout.metadata.name);
    return healthy.size === count;
  });
  await sleep(3000);
  const before = await requestsOf(flags.metrics);
  const all = await update(kube, names);
  const eventLoopP99Ms = await eventLoopDelay(flags.metrics);
  await sleep(5000);
  report(all, difference(before, await requestsOf(flags.metrics)), eventLoopP99Ms);
});
