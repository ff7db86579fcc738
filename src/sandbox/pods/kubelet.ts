import type { Pod } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { isEqual } from '#core/json/json.js';
import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { EventRecorder } from '#ports/event-recorder.js';
import type { Kube } from '#ports/kube.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type { ControllerDefinition, ReconcileKey, ReconcileResult } from '#runtime/controller/definition.js';
import { podEvents } from './pod-events.js';
import type { PodRuntime } from './pod-runtime.js';
import { buildPodStatus } from './pod-status.js';

export interface KubeletDeps {
  readonly cache: Cache;
  readonly kube: Kube;
  readonly clock: Clock;
  readonly runtime: PodRuntime;
  /** Told of starts, failed probes and back-offs. Absent: nobody is told, which makes virtual time faster. */
  readonly podEvents?: EventRecorder;
}

/** The name of the only node. */
const nodeName = 'sandbox';
/** The only node, always ready. */
export function nodeObject(): KubeObject {
  const node: UnknownObject = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nodeName, labels: { 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': 'linux' } },
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'the sandbox runs pods here' },
      ],
    },
  };
  return node;
}

const defaultGraceSeconds = 30;
const fieldManager = 'kubelet';

/** Scheduler and kubelet in one: puts every pod on the node, runs it, writes its status, ends it when it is deleted. */
export function kubeletController(deps: KubeletDeps): ControllerDefinition {
  const uids = new Map<string, string>();
  return {
    name: 'kubelet',
    watches: [
      { kind: kinds.pod, keysOf: (pod) => [keyOfPod(pod)] },
      // For the environment of containers; a pod that waits for one of them looks again by itself.
      { kind: kinds.configMap, keysOf: () => [] },
      { kind: kinds.secret, keysOf: () => [] },
    ],
    workers: 20,
    background: { subscribe: (enqueue) => deps.runtime.onChange(enqueue), settled: () => Promise.resolve() },
    reconcile: async (key) => {
      const pod = deps.cache.get<Pod>(kinds.pod, key.namespace, key.name);
      forgetFormer(deps, uids, key, pod);
      if (pod === undefined) return {};
      try {
        return await syncPod(deps, pod);
      } catch (thrown) {
        // The pod was removed by force: its deletion ends what runs.
        if (thrown instanceof AppError && thrown.code === 'KubeNotFound') return {};
        throw thrown;
      }
    },
  };
}

/** Ends what runs for a pod that is gone, or that was replaced by another of the same name. */
function forgetFormer(
  deps: KubeletDeps,
  uids: Map<string, string>,
  key: ReconcileKey,
  pod: Pod | undefined,
): void {
  const id = `${key.namespace ?? ''}/${key.name}`;
  const former = uids.get(id);
  const uid = pod?.metadata.uid;
  if (former !== undefined && former !== uid) deps.runtime.forget(former);
  if (uid === undefined) uids.delete(id);
  else uids.set(id, uid);
}

async function syncPod(deps: KubeletDeps, pod: Pod): Promise<ReconcileResult> {
  const { kube, runtime, clock } = deps;
  const { namespace, name, uid } = pod.metadata;
  const key = { kind: kinds.pod, name, ...(namespace === undefined ? {} : { namespace }) };
  if (pod.spec.nodeName === undefined && pod.metadata.deletionTimestamp === undefined) {
    const body = { metadata: { uid }, spec: { nodeName } };
    await kube.patch(key, { type: 'merge', body }, { fieldManager: 'kube-scheduler' });
    return {};
  }
  const now = clock.now();
  if (pod.metadata.deletionTimestamp !== undefined) runtime.terminate(pod, graceMsOf(pod), now);
  const reality = runtime.sync(pod, now);
  if (pod.metadata.deletionTimestamp !== undefined && reality.isOver) {
    await kube.delete(key, { gracePeriodSeconds: 0, ...(uid === undefined ? {} : { uid }) });
    return {};
  }
  await annotate(kube, pod, reality.annotations);
  const status = buildPodStatus(pod, reality, now);
  await writeStatusIfChanged(kube, kinds.pod, pod, status, { fieldManager, precondition: 'uid' });
  const { podEvents: recorder } = deps;
  recorder?.record(pod, podEvents(name, pod.status?.containerStatuses, status.containerStatuses));
  return reality.changesAt === undefined ? {} : { requeueAt: reality.changesAt };
}

async function annotate(
  kube: Kube,
  pod: Pod,
  annotations: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  const wanted = { ...pod.metadata.annotations, ...annotations };
  if (annotations === undefined || isEqual(wanted, pod.metadata.annotations)) return;
  const { namespace, name, uid } = pod.metadata;
  const key = { kind: kinds.pod, name, ...(namespace === undefined ? {} : { namespace }) };
  await kube.patch(key, { type: 'merge', body: { metadata: { uid, annotations } } }, { fieldManager });
}

function graceMsOf(pod: Pod): number {
  const { deletionGracePeriodSeconds } = pod.metadata;
  return 1000 * (deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds);
}

function keyOfPod(pod: { readonly metadata: Pod['metadata'] }): ReconcileKey {
  const { namespace, name } = pod.metadata;
  return namespace === undefined ? { name } : { namespace, name };
}
