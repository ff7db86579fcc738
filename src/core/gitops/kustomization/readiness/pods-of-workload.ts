import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { healthOf } from '#core/health/health.js';
import { conditionOf, type Health } from '#core/health/rule.js';
import { numberAt, objectAt, objectsAt } from '#core/json/read.js';
import { groupOf } from '#core/kube/object.js';
import type { Instant } from '#core/time/instant.js';

const tellingKinds = new Set(['StatefulSet', 'ReplicaSet']);

/** Whether the pods of such an object say before it does that it cannot become ready; a Deployment has a deadline of its own. */
export function isToldByPods({ apiVersion, kind }: Pick<UnknownObject, 'apiVersion' | 'kind'>): boolean {
  return groupOf(apiVersion) === 'apps' && tellingKinds.has(kind);
}

/**
 * The health of a workload with that of its pods: one that is in progress has failed when one of them has. Before its
 * controller has seen the spec, the pods are those of another one.
 */
export function withPodHealth(
  health: Health,
  workload: UnknownObject,
  pods: readonly UnknownObject[],
  now: Instant,
): Health {
  const observed = numberAt(objectAt(workload, 'status'), 'observedGeneration');
  if (health.status !== 'InProgress' || observed !== workload.metadata.generation) return health;
  const broken = pods.flatMap((pod) => {
    const { status, message } = healthOf(pod, { now });
    return status === 'Failed' && !isUnschedulable(pod) ? [`Pod/${pod.metadata.name}: ${message}`] : [];
  });
  const [first] = broken.sort();
  return first === undefined ? health : { status: 'Failed', message: first };
}

function isUnschedulable(pod: UnknownObject): boolean {
  const scheduled = conditionOf(pod, 'PodScheduled');
  return scheduled?.status === 'False' && scheduled.reason === 'Unschedulable';
}

/** What of a pod is kept: whose it is and how it fares. */
export function podSketch({ apiVersion, kind, metadata, ...pod }: UnknownObject): KubeObject {
  const status = objectAt(pod, 'status');
  const { name, namespace, uid, resourceVersion, labels, ownerReferences } = metadata;
  const { creationTimestamp, deletionTimestamp } = metadata;
  const kept = {
    namespace,
    uid,
    resourceVersion,
    labels,
    ownerReferences,
    creationTimestamp,
    deletionTimestamp,
  };
  const present = Object.entries(kept).filter(([, value]) => value !== undefined);
  const sketch: UnknownObject = {
    apiVersion,
    kind,
    metadata: { name, ...Object.fromEntries(present) },
    status: {
      phase: status['phase'],
      conditions: objectsAt(status, 'conditions'),
      containerStatuses: objectsAt(status, 'containerStatuses').map(({ name: container, state }) => ({
        name: container,
        state,
      })),
    },
  };
  return sketch;
}
