import type { Rollout, RolloutAnalysis } from '#api/argoproj/rollout.js';
import { rolloutEvents } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds, type Kind } from '#api/kinds.js';
import { serviceNames } from '#core/rollout/owned-fields.js';
import { createError } from '#core/rollout/status/create-error.js';
import { withRefusal } from '#core/rollout/status/refused.js';
import { workloadKindOf } from '#core/rollout/workload-ref/workload.js';
import { toAppError } from '#ports/errors.js';
import type { TrafficProvider } from '#providers/contract.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { isRefusal } from '../refusal/refusal.js';
import { configsOf } from './routers.js';

/**
 * Throws what is missing when this Rollout needs a kind that may not be read, for want of a right or since it is not
 * served, and says so in the Rollout's conditions. Others, which do not need it, go on.
 */
export async function requireRights(
  deps: ControllerDeps,
  rollout: Rollout,
  providers: readonly TrafficProvider[],
): Promise<void> {
  const needed = neededKinds(rollout, providers);
  const missing = needed.map((kind) => deps.cache.refusalOf?.(kind)).find((refusal) => refusal !== undefined);
  if (missing === undefined) return;
  await tellRefusal(deps, rollout, missing);
  throw missing;
}

/** The kinds without which nothing can be decided of this Rollout. */
export function neededKinds(rollout: Rollout, providers: readonly TrafficProvider[]): readonly Kind[] {
  const { namespace = '', name } = rollout.metadata;
  const { workloadRef } = rollout.spec;
  const workload = workloadRef === undefined ? undefined : workloadKindOf(workloadRef);
  const routes = configsOf(rollout, providers).flatMap(({ provider, config }) =>
    provider.references(config, namespace, name).map(({ kind }) => kind),
  );
  return [
    kinds.replicaSet,
    kinds.pod,
    ...(serviceNames(rollout).length > 0 ? [kinds.service, kinds.endpointSlice] : []),
    ...analysisKinds(rollout),
    ...(workload === undefined ? [] : [workload]),
    ...routes,
  ];
}

function analysisKinds({ spec: { strategy } }: Rollout): readonly Kind[] {
  const { steps = [], analysis } = strategy?.canary ?? {};
  const { prePromotionAnalysis, postPromotionAnalysis } = strategy?.blueGreen ?? {};
  const all: readonly (RolloutAnalysis | undefined)[] = [
    analysis,
    prePromotionAnalysis,
    postPromotionAnalysis,
    ...steps.map((step) => step.analysis),
  ];
  const named = all.flatMap((one) => one?.templates ?? []);
  return [
    ...(named.length > 0 ? [kinds.analysisRun] : []),
    ...(named.some(({ clusterScope }) => clusterScope !== true) ? [kinds.analysisTemplate] : []),
    ...(named.some(({ clusterScope }) => clusterScope === true) ? [kinds.clusterAnalysisTemplate] : []),
    ...(steps.some(({ experiment }) => experiment !== undefined) ? [kinds.experiment, kinds.service] : []),
  ];
}

/**
 * Says in the Rollout's status and events that the cluster did not let a pass through; `replicaSet` is the one that could
 * not be created. Says nothing of failures that pass by themselves.
 */
export async function tellRefusal(
  { kube, clock, events }: ControllerDeps,
  rollout: Rollout,
  thrown: unknown,
  replicaSet?: ReplicaSet,
): Promise<void> {
  const error = toAppError(thrown);
  const created =
    replicaSet === undefined || error.code === 'KubeAlreadyExists'
      ? undefined
      : createError(rollout, replicaSet.metadata.name, error.message, clock.now());
  const told = created?.status ?? rollout.status ?? {};
  const status = isRefusal(error) ? withRefusal(rollout, told, error.message, clock.now()) : told;
  if (created !== undefined) events.record(rollout, [created.event]);
  if (status === rollout.status) return;
  try {
    const stored = await writeStatusIfChanged(kube, kinds.rollout, rollout, status);
    const reason = rolloutEvents.reconciliationError;
    if (created === undefined && stored !== rollout)
      events.record(stored, [{ type: 'Warning', reason, message: error.message }]);
  } catch {
    // The pass failed already, and is tried again.
  }
}
