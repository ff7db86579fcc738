import type { Pod } from '#api/k8s/core-kinds.js';
import type { Condition, IntOrString, KubeObject, LabelSelector } from '#api/k8s/meta.js';
import { setCondition } from '#core/kube/conditions.js';
import type { Instant } from '#core/time/instant.js';
import type { WorkloadDecision } from '../action.js';
import { isActive, isReady } from '../pod-state.js';

/** What the controller reads and writes of a PodDisruptionBudget. */
export interface DisruptionBudget extends KubeObject {
  readonly spec: {
    readonly minAvailable?: IntOrString;
    readonly maxUnavailable?: IntOrString;
    readonly selector?: LabelSelector;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
    readonly disruptionsAllowed: number;
    readonly expectedPods: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface DisruptionSnapshot {
  readonly now: Instant;
  readonly budget: DisruptionBudget;
  /** Selected by it. */
  readonly pods: readonly Pod[];
  /** Sum of the wanted replicas of what controls them. */
  readonly expected: number;
}

/** How many of the pods may be evicted now. */
export function decideDisruptions(
  snapshot: DisruptionSnapshot,
): WorkloadDecision<DisruptionBudget['status']> {
  const { budget, now, expected } = snapshot;
  const currentHealthy = snapshot.pods.filter((pod) => isActive(pod) && isReady(pod)).length;
  const desiredHealthy = desiredOf(budget, expected);
  const disruptionsAllowed = expected === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const isAllowed = disruptionsAllowed > 0;
  const conditions = setCondition(
    budget.status?.conditions,
    {
      type: 'DisruptionAllowed',
      status: isAllowed ? 'True' : 'False',
      reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    },
    now,
  );
  const { generation } = budget.metadata;
  return {
    actions: [],
    status: {
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      currentHealthy,
      desiredHealthy,
      disruptionsAllowed,
      expectedPods: expected,
      conditions,
    },
  };
}

function desiredOf({ spec }: DisruptionBudget, expected: number): number {
  if (spec.maxUnavailable !== undefined)
    return Math.max(0, expected - resolve(spec.maxUnavailable, expected));
  return spec.minAvailable === undefined ? 1 : resolve(spec.minAvailable, expected);
}

/** A share in percent is rounded up, as Kubernetes does for both fields. */
function resolve(value: IntOrString, total: number): number {
  return typeof value === 'number' ? value : Math.ceil((total * Number.parseFloat(value)) / 100);
}
