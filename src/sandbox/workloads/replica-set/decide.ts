import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { hasLabels, matchesSelector } from '#core/kube/selector.js';
import { earliest, type Instant } from '#core/time/instant.js';
import type { NewObject } from '#ports/kube.js';
import { controllerReference, type WorkloadAction, type WorkloadDecision } from '../action.js';
import { availableFrom, isActive, isReady } from '../pod-state.js';
import { byDeletionOrder } from './deletion-order.js';

export interface ReplicaSetSnapshot {
  readonly now: Instant;
  readonly replicaSet: ReplicaSet;
  /** Controlled by it. */
  readonly owned: readonly Pod[];
  /** Of its namespace, without a controller, and matching its selector. */
  readonly orphans: readonly Pod[];
}

/** As many active pods as wanted; orphans that match are taken over, pods that no longer match are let go. */
export function decideReplicaSet(snapshot: ReplicaSetSnapshot): WorkloadDecision<ReplicaSet['status']> {
  const { replicaSet, now } = snapshot;
  const { selector } = replicaSet.spec;
  const isDeleting = replicaSet.metadata.deletionTimestamp !== undefined;
  const released = isDeleting
    ? []
    : snapshot.owned.filter((pod) => !matchesSelector(selector, pod.metadata.labels));
  const adopted = isDeleting ? [] : snapshot.orphans.filter(isActive);
  const active = [...snapshot.owned.filter((pod) => !released.includes(pod)), ...adopted].filter(isActive);
  const scaling = isDeleting ? { actions: [], events: [] } : scale(replicaSet, active);
  const requeueAt = nextAvailability(replicaSet, active, now);
  return {
    actions: [
      ...released.map((pod) => ownersPatch(pod, withoutOwner(pod, replicaSet))),
      ...adopted.map((pod) =>
        ownersPatch(pod, [...(pod.metadata.ownerReferences ?? []), referenceTo(replicaSet)]),
      ),
      ...scaling.actions,
    ],
    status: statusOf(replicaSet, active, now),
    events: scaling.events,
    ...(requeueAt === undefined ? {} : { requeueAt }),
  };
}

function scale(
  replicaSet: ReplicaSet,
  active: readonly Pod[],
): { readonly actions: readonly WorkloadAction[]; readonly events: readonly EventRecord[] } {
  const missing = (replicaSet.spec.replicas ?? 1) - active.length;
  if (missing >= 0) {
    const pod = buildPod(replicaSet);
    return {
      actions: Array.from({ length: missing }, () => ({ kind: 'createObject', of: kinds.pod, object: pod })),
      events: [],
    };
  }
  const victims = byDeletionOrder(active).slice(0, -missing);
  return {
    actions: victims.map((pod) => ({ kind: 'deleteObject', of: kinds.pod, object: pod })),
    events: victims.map((pod) => ({
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
    })),
  };
}

function buildPod(replicaSet: ReplicaSet): NewObject<KubeObject> & { readonly spec: unknown } {
  const template = replicaSet.spec.template;
  const { namespace } = replicaSet.metadata;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: apiVersionOf(kinds.pod),
    kind: kinds.pod.kind,
    metadata: {
      generateName: `${replicaSet.metadata.name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [referenceTo(replicaSet)],
    },
    spec: template?.spec ?? { containers: [] },
  };
}

function statusOf(replicaSet: ReplicaSet, active: readonly Pod[], now: Instant): ReplicaSet['status'] {
  const { minReadySeconds = 0, template } = replicaSet.spec;
  const { generation } = replicaSet.metadata;
  const { conditions } = replicaSet.status ?? {};
  const count = (test: (pod: Pod) => boolean): number => active.filter(test).length;
  return {
    replicas: active.length,
    ...positive(
      'fullyLabeledReplicas',
      count((pod) => hasLabels(pod.metadata.labels, template?.metadata?.labels)),
    ),
    ...positive('readyReplicas', count(isReady)),
    ...positive(
      'availableReplicas',
      count((pod) => (availableFrom(pod, minReadySeconds) ?? Infinity) <= now),
    ),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

/** Go leaves a count of zero out. */
function positive(field: string, count: number): Readonly<Record<string, number>> {
  return count === 0 ? {} : { [field]: count };
}

function nextAvailability(replicaSet: ReplicaSet, active: readonly Pod[], now: Instant): Instant | undefined {
  const { minReadySeconds = 0 } = replicaSet.spec;
  return active
    .map((pod) => availableFrom(pod, minReadySeconds))
    .filter((at) => at !== undefined && at > now)
    .reduce(earliest, undefined);
}

function referenceTo(replicaSet: ReplicaSet): ReturnType<typeof controllerReference> {
  return controllerReference(kinds.replicaSet, replicaSet);
}

function withoutOwner(pod: Pod, owner: ReplicaSet): NonNullable<Pod['metadata']['ownerReferences']> {
  return (pod.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
}

function ownersPatch(pod: Pod, ownerReferences: Pod['metadata']['ownerReferences']): WorkloadAction {
  return { kind: 'patchObject', of: kinds.pod, object: pod, patch: { metadata: { ownerReferences } } };
}
