import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { KubeHttp } from '#adapters/kube-http/kube-http.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { each, follow, isDone, onCluster, print, spread } from './on-cluster.js';
import { difference, eventLoopDelay, requestsOf, total } from './requests.js';

/**
 * How soon a promotion takes effect on the cluster of KUBECONFIG: a canary behind an Ingress pauses after each weight; a
 * person clears `status.pauseConditions`, and the next weight is waited for in the canary Ingress. `--idle` Rollouts rest beside it.
 */
const { values: flags } = parseArgs({
  options: {
    n: { type: 'string', default: '20' },
    idle: { type: 'string', default: '0' },
    namespace: { type: 'string', default: 'sluice-bench' },
    metrics: { type: 'string', default: 'http://127.0.0.1:8090/metrics' },
  },
});
const { namespace } = flags;
const count = Number(flags.n);
const weightNote = 'nginx.ingress.kubernetes.io/canary-weight';

function manifest(name: string, canary: object, replicas: number, image = 'example/app:v1') {
  const selector = { matchLabels: { app: name } };
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image }] } };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace, name },
    spec: { replicas, selector, template, strategy: { canary } },
  };
}

const steps = Array.from({ length: count + 1 }, (_, i) => [{ setWeight: i + 1 }, { pause: {} }]).flat();
const web = manifest(
  'web',
  {
    stableService: 'stable',
    canaryService: 'canary',
    steps,
    trafficRouting: { nginx: { stableIngress: 'web' } },
  },
  1,
);

async function setUp(kube: KubeHttp): Promise<void> {
  const object = (apiVersion: string, kind: string, name: string, spec: object): UnknownObject => ({
    apiVersion,
    kind,
    metadata: { namespace, name },
    spec,
  });
  for (const name of ['stable', 'canary']) {
    const spec = { selector: { app: 'web' }, ports: [{ port: 80 }] };
    await kube.create(kinds.service, object('v1', 'Service', name, spec));
  }
  const backend = { service: { name: 'stable', port: { number: 80 } } };
  const rules = [{ host: 'web.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  await kube.create(
    kinds.ingress,
    object('networking.k8s.io/v1', 'Ingress', 'web', { ingressClassName: 'nginx', rules }),
  );
  const idle = Array.from({ length: Number(flags.idle) }, (_, i) => manifest(`idle-${i}`, {}, 0));
  await each([web, ...idle], 16, (rollout) => kube.create(kinds.rollout, rollout));
  const done = new Set<string>();
  await follow<Rollout>(kube, { kind: kinds.rollout, namespace }, (rollout) => {
    if (isDone(rollout)) done.add(rollout.metadata.name);
    return done.size > idle.length;
  });
}

/** When each weight was first seen. */
function followWeights(kube: KubeHttp): ReadonlyMap<number, number> {
  const seen = new Map<number, number>();
  void follow<UnknownObject>(kube, { kind: kinds.ingress, namespace }, ({ metadata }) => {
    const weight = Number(metadata.annotations?.[weightNote]);
    if (!seen.has(weight)) seen.set(weight, performance.now());
    return weight > count;
  }).catch((thrown: unknown) => console.error(thrown));
  return seen;
}

/** Resolves when the Rollout waits in the pause after this weight. */
function pauseAfter(kube: KubeHttp, weight: number): Promise<void> {
  return follow<Rollout>(kube, { kind: kinds.rollout, namespace }, ({ metadata, status }) => {
    const isPaused = (status?.pauseConditions ?? []).length > 0;
    return metadata.name === 'web' && isPaused && status?.currentStepIndex === 2 * weight - 1;
  });
}

await onCluster(namespace, async (kube) => {
  await setUp(kube);
  const seen = followWeights(kube);
  const key = { kind: kinds.rollout, namespace, name: 'web' };
  const { template } = manifest('web', {}, 1, 'example/app:v2').spec;
  await kube.patch(key, { type: 'merge', body: { spec: { template } } });
  await pauseAfter(kube, 1);
  const before = await requestsOf(flags.metrics);
  const times: number[] = [];
  for (let weight = 2; weight <= count + 1; weight++) {
    await sleep(300 + Math.random() * 400);
    const startedAt = performance.now();
    const body = { status: { pauseConditions: null } };
    await kube.patch(key, { type: 'merge', body }, { subresource: 'status' });
    await pauseAfter(kube, weight);
    times.push((seen.get(weight) ?? Infinity) - startedAt);
  }
  const eventLoopP99Ms = await eventLoopDelay(flags.metrics);
  const spent = difference(before, await requestsOf(flags.metrics));
  print({
    promotions: count,
    idle: Number(flags.idle),
    weightInIngressMs: spread(times),
    eventLoopP99Ms,
    requestsEach: Number((total(spent) / count).toFixed(1)),
    requests: Object.fromEntries(spent),
  });
});
