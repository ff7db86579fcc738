import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { addMs, formatInstant } from '#core/time/instant.js';
import { start, type World } from './world.js';

const minute = 60_000;

/** RFC 3339, some minutes before the fixed moment. */
export function before(minutes: number): string {
  return formatInstant(addMs(start, -minutes * minute));
}

type Fields = Readonly<Record<string, unknown>>;

interface RolloutScene {
  readonly namespace?: string;
  readonly name: string;
  readonly revision: number;
  readonly replicas?: number;
  readonly image: string;
  readonly spec: Fields;
  readonly status: Fields;
  readonly sets: readonly SetScene[];
}

interface SetScene {
  readonly hash: string;
  readonly revision: number;
  readonly image: string;
  readonly replicas: number;
  readonly ready: number;
  readonly broken?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A Rollout with its ReplicaSets and pods. */
export function putRollout(world: World, scene: RolloutScene): void {
  const namespace = scene.namespace ?? 'shop';
  const uid = `ro-${namespace}-${scene.name}`;
  const template = templateOf(scene.image);
  world.put(kinds.rollout, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name: scene.name,
      namespace,
      uid,
      generation: 4,
      creationTimestamp: before(4000),
      annotations: { 'rollout.argoproj.io/revision': String(scene.revision) },
      labels: { team: 'payments' },
    },
    spec: {
      replicas: scene.replicas ?? 5,
      selector: { matchLabels: { app: scene.name } },
      template,
      ...scene.spec,
    },
    status: { observedGeneration: '4', ...scene.status },
  } as KubeObject);
  for (const set of scene.sets) putSet(world, namespace, scene.name, uid, set);
}

function templateOf(image: string): Fields {
  return { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'app', image }] } };
}

function putSet(world: World, namespace: string, rollout: string, owner: string, set: SetScene): void {
  const name = `${rollout}-${set.hash}`;
  world.put(kinds.replicaSet, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace,
      uid: `rs-${namespace}-${name}`,
      creationTimestamp: before(300 - set.revision),
      labels: { 'rollouts-pod-template-hash': set.hash },
      annotations: { 'rollout.argoproj.io/revision': String(set.revision), ...set.annotations },
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: rollout, uid: owner, controller: true },
      ],
    },
    spec: { replicas: set.replicas, selector: {}, template: templateOf(set.image) },
    status: { replicas: set.replicas, readyReplicas: set.ready, availableReplicas: set.ready },
  } as KubeObject);
  for (let i = 0; i < set.replicas; i += 1)
    putPod(world, namespace, name, { i, isReady: i < set.ready, broken: set.broken });
}

function putPod(
  world: World,
  namespace: string,
  set: string,
  pod: { i: number; isReady: boolean; broken?: string | undefined },
): void {
  const { i, isReady, broken } = pod;
  const suffix = ['x7k2p', 'q9d4f', 'm2c8v', 'b6t1z', 'w3n5h', 'r8j0s', 'k4g7y', 'd1l9a', 'h5v3e', 'z0p6u'][
    i % 10
  ];
  const waiting = isReady || broken === undefined ? {} : { waiting: { reason: broken } };
  world.put(kinds.pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${set}-${suffix}${i >= 10 ? i : ''}`,
      namespace,
      creationTimestamp: before(20),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: set,
          uid: `rs-${namespace}-${set}`,
          controller: true,
        },
      ],
    },
    spec: { nodeName: `node-${(i % 3) + 1}`, containers: [] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
      containerStatuses: [{ name: 'app', restartCount: isReady ? 0 : 3, state: waiting }],
    },
  } as KubeObject);
}

interface RunScene {
  readonly rollout: string;
  readonly name: string;
  readonly hash: string;
  readonly type: string;
  readonly step?: number;
  readonly phase: string;
  readonly startedMinutesAgo: number;
  readonly endedMinutesAgo?: number;
  readonly metrics: readonly MetricScene[];
}

interface MetricScene {
  readonly name: string;
  readonly success?: string;
  readonly failure?: string;
  readonly count?: number;
  readonly failureLimit?: number;
  readonly phase: string;
  /** Minutes ago, value, and how it was judged. */
  readonly points: readonly (readonly [number, string, string])[];
}

export function putRun(world: World, run: RunScene, namespace = 'shop'): void {
  const labels = {
    'rollouts-pod-template-hash': run.hash,
    'rollout-type': run.type,
    ...(run.step === undefined ? {} : { 'step-index': String(run.step) }),
  };
  world.put(kinds.analysisRun, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name: run.name,
      namespace,
      labels,
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name: run.rollout,
          uid: `ro-${namespace}-${run.rollout}`,
          controller: true,
        },
      ],
    },
    spec: {
      metrics: run.metrics.map((metric) => ({
        name: metric.name,
        interval: '1m',
        ...(metric.count === undefined ? {} : { count: metric.count }),
        failureLimit: metric.failureLimit ?? 2,
        successCondition: metric.success,
        failureCondition: metric.failure,
        provider: {
          prometheus: { address: 'http://prometheus:9090', query: `sum(rate(${metric.name}[1m]))` },
        },
      })),
    },
    status: {
      phase: run.phase,
      startedAt: before(run.startedMinutesAgo),
      ...(run.endedMinutesAgo === undefined ? {} : { completedAt: before(run.endedMinutesAgo) }),
      metricResults: run.metrics.map((metric) => ({
        name: metric.name,
        phase: metric.phase,
        count: metric.points.length,
        successful: count(metric, 'Successful'),
        failed: count(metric, 'Failed'),
        inconclusive: count(metric, 'Inconclusive'),
        error: count(metric, 'Error'),
        measurements: metric.points.map(([minutes, value, phase]) => ({
          phase,
          ...(phase === 'Error' ? { message: value } : { value }),
          startedAt: before(minutes),
          finishedAt: before(minutes),
        })),
      })),
    },
  } as KubeObject);
}

function count(metric: MetricScene, phase: string): number {
  return metric.points.filter((point) => point[2] === phase).length;
}

export function putEvent(
  world: World,
  rollout: string,
  minutesAgo: number,
  reason: string,
  message: string,
): void {
  const type = reason === 'RolloutAborted' ? 'Warning' : 'Normal';
  const at = before(minutesAgo);
  world.put(kinds.event, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${rollout}.${reason}.${minutesAgo}`, namespace: 'shop' },
    involvedObject: { kind: 'Rollout', name: rollout, uid: `ro-shop-${rollout}` },
    type,
    reason,
    message,
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
  } as KubeObject);
}
