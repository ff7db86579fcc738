import { annotations } from '#api/argoproj/words.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { objectAt, textAt } from '#core/json/read.js';

/** The peer's words for a Rollout whose status is older than its workload. */
export const workloadLagMessage = 'waiting for rollout spec update to be observed for the reference workload';

/** Whether the workload of a Rollout has changed since its status was written; never so without `workloadRef`. */
export function isWorkloadUnobserved(rollout: KubeObject): boolean {
  if (Object.keys(objectAt(objectAt(rollout, 'spec'), 'workloadRef')).length === 0) return false;
  const noted = rollout.metadata.annotations?.[annotations.workloadGeneration] ?? '0';
  const observed = textAt(objectAt(rollout, 'status'), 'workloadObservedGeneration');
  // As with the peer a status that says nothing readable is taken as it is.
  return observed !== undefined && observed !== '' && !Number.isNaN(Number(observed)) && observed !== noted;
}
