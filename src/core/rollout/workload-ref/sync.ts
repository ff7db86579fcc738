import type { RolloutAction } from '../actions.js';
import type { Facts } from '../facts.js';
import { countPods } from '../status/counts.js';
import { restoreWorkload } from './marks.js';
import { scaleDownWorkload } from './scale-down.js';

/**
 * What a pass does to Deployments: drains the one that the Rollout refers to, gives back those it referred to before.
 * `isCutOver`: the Services select the Rollout's pods only, and every proxy knows.
 */
export function syncWorkloads(facts: Facts, isCutOver: boolean): readonly RolloutAction[] {
  const readyPods = countPods(facts).readyReplicas;
  return [...scaleDownWorkload(facts, { readyPods, isCutOver }), ...restoreWorkloads(facts)];
}

/** Gives every Deployment that the Rollout scaled down and does not name any more back what it had. */
export function restoreWorkloads(facts: Facts): readonly RolloutAction[] {
  return facts.snapshot.leftWorkloads.map((workload) => restoreWorkload(workload));
}
