import type { Rollout } from '#api/argoproj/rollout.js';
import { labels } from '#api/argoproj/words.js';
import { ownedBy, type InspectInput } from './input.js';

/** The weight that the current step asks for: 0 after an abort, all of it past the last step or without steps. */
export function setWeightOf(rollout: Rollout): number {
  const { status, spec } = rollout;
  const canary = spec.strategy?.canary;
  const most = canary?.trafficRouting?.maxTrafficWeight ?? 100;
  if (status?.abort === true) return 0;
  const steps = canary?.steps ?? [];
  const index = status?.currentStepIndex ?? 0;
  if (index >= steps.length) return most;
  return steps.slice(0, index + 1).findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0;
}

/** The weight that the canary has: what the router was told, else its share of the available pods. */
export function actualWeightOf(rollout: Rollout, input: InspectInput): number {
  const canary = rollout.spec.strategy?.canary;
  const { currentStepIndex = 0, availableReplicas = 0, canary: progress } = rollout.status ?? {};
  if (currentStepIndex >= (canary?.steps?.length ?? 0)) return setWeightOf(rollout);
  const told = canary?.trafficRouting === undefined ? undefined : progress?.weights?.canary.weight;
  if (told !== undefined) return told;
  if (availableReplicas === 0) return 0;
  if (canary?.trafficRouting !== undefined) return setWeightOf(rollout);
  return Math.floor((canaryPods(rollout, input) * 100) / availableReplicas);
}

function canaryPods(rollout: Rollout, input: InspectInput): number {
  const { currentPodHash = '', stableRS } = rollout.status ?? {};
  if (currentPodHash === '' || currentPodHash === stableRS) return 0;
  const newest = ownedBy(rollout, input.replicaSets).find(
    (rs) => rs.metadata.labels?.[labels.podTemplateHash] === currentPodHash,
  );
  return newest?.status?.availableReplicas ?? 0;
}
