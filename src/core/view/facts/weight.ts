import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { parseInstant } from '#core/time/instant.js';
import { isPromoted, rolesOf, stepsOf } from './roles.js';
import type { ViewInput } from '../view-input.js';
import type { WeightView } from '../wire/list.js';

/** Wanted and seen share of the newest revision; `null` when the strategy shares no traffic or nothing runs yet. */
export function weightOf(input: Pick<ViewInput, 'rollout' | 'replicaSets'>): WeightView | null {
  const { rollout } = input;
  if (rollout.spec.strategy?.canary === undefined || rollout.status?.currentPodHash === undefined)
    return null;
  const wanted = wantedWeightOf(rollout);
  const router = rollout.spec.strategy.canary.trafficRouting;
  return router === undefined
    ? { wanted, observed: shareOfPods(input), by: 'pods', pendingSince: null }
    : routedWeight(rollout, wanted);
}

/** The share that the current step asks for, in percent: 100 when promoted, 0 after an abort. */
export function wantedWeightOf(rollout: Rollout): number {
  const { status } = rollout;
  if (isPromoted(rollout) || status?.promoteFull === true) return 100;
  if (status?.abort === true) return 0;
  const steps = stepsOf(rollout);
  const index = status?.currentStepIndex ?? steps.length;
  if (index >= steps.length) return 100;
  const set = steps.slice(0, index + 1).findLast((step) => step.setWeight !== undefined);
  return inPercent(set?.setWeight ?? 0, scaleOf(rollout));
}

/** What weights are parts of; 100 unless the router is told otherwise. */
export function scaleOf(rollout: Rollout): number {
  return rollout.spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? 100;
}

function inPercent(weight: number, scale: number): number {
  return (weight * 100) / scale;
}

function routedWeight(rollout: Rollout, wanted: number): WeightView {
  const weights = rollout.status?.canary?.weights;
  const progress = rollout.status?.traffic;
  if (weights === undefined || weights === null)
    return { wanted, observed: isPromoted(rollout) ? 100 : null, by: 'written', pendingSince: null };
  const current = rollout.status?.currentPodHash;
  const isOnStable = isPromoted(rollout) && (weights.stable.podTemplateHash ?? current) === current;
  const written = inPercent(isOnStable ? weights.stable.weight : weights.canary.weight, scaleOf(rollout));
  const writtenAt = parseInstant(progress?.writtenAt);
  const isPending = writtenAt !== undefined && progress?.confirmedAt === undefined;
  const isConfirmed = weights.verified === true || progress?.confirmedAt !== undefined;
  return {
    wanted,
    observed: isPending && weights.verified !== true ? null : written,
    by: isConfirmed ? 'confirmed' : 'written',
    pendingSince: isPending ? writtenAt : null,
  };
}

function shareOfPods(input: Pick<ViewInput, 'rollout' | 'replicaSets'>): number | null {
  const { newest } = rolesOf(input);
  const all = input.replicaSets.reduce((sum, rs) => sum + readyOf(rs), 0);
  return newest === undefined || all === 0 ? null : (readyOf(newest) * 100) / all;
}

/** Pods of a ReplicaSet that are available to traffic. */
export function readyOf(rs: ReplicaSet | undefined): number {
  return rs?.status?.availableReplicas ?? 0;
}
