import type { KubeObject, LabelSelector } from '#api/k8s/meta.js';
import type { Wait } from '#core/decision/decision.js';
import { subjectOf } from '#core/kube/object.js';
import { matchesSelector } from '#core/kube/selector.js';
import { parseInstant } from '#core/time/instant.js';
import type { Facts } from '../facts.js';
import { isRestarting, restartOrder } from '../restart/order.js';

/** What is read of a PodDisruptionBudget. */
export interface Budget extends KubeObject {
  readonly spec?: { readonly selector?: LabelSelector };
  readonly status?: { readonly disruptionsAllowed?: number };
}

/** The budgets that forbid the eviction of pods which a restart has still to replace. */
export function budgetWaits(facts: Facts): readonly Wait[] {
  const { restartedAt } = facts.old;
  const order = restartOrder(facts, restartedAt);
  if (order === undefined || !isRestarting(facts, restartedAt)) return [];
  const old = facts.snapshot.pods.filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined && (parseInstant(metadata.creationTimestamp) ?? 0) < order,
  );
  return (facts.snapshot.budgets ?? [])
    .filter(({ status }) => status?.disruptionsAllowed === 0)
    .filter(({ spec }) => old.some(({ metadata }) => matchesSelector(spec?.selector, metadata.labels)))
    .map((budget) => ({
      what: `PodDisruptionBudget ${budget.metadata.name} to allow the eviction of a pod`,
      object: subjectOf(budget),
      unblockedBy: 'the disruption budget',
      reason: 'DisruptionBudget',
    }));
}
