import type { Rollout, RolloutStatus } from '#api/argoproj/rollout.js';
import { rolloutConditions as types } from '#api/argoproj/words.js';
import type { Condition } from '#api/k8s/meta.js';
import { findCondition } from '#core/kube/conditions.js';
import { formatInstant, type Instant } from '#core/time/instant.js';

const ours: readonly string[] = [types.ready, types.reconciling, types.stalled];

/**
 * The status with the conditions of kstatus behind those of the peer: `Ready` says whether the phase is Healthy,
 * `Reconciling` and `Stalled` are there only while they are true. All name the generation that they speak of, since
 * `status.observedGeneration` is text here, which those who read conditions do not understand.
 */
export function withReadiness(rollout: Rollout, status: RolloutStatus, now: Instant): RolloutStatus {
  const { phase = 'Progressing', message } = status;
  const isReady = phase === 'Healthy';
  const isStalled = phase === 'Degraded';
  const text = message ?? (isReady ? 'Rollout is healthy' : phase);
  const said = { reason: phase, message: text, observedGeneration: rollout.metadata.generation ?? 0 };
  const next: readonly Pick<Condition, 'type' | 'status'>[] = [
    { type: types.ready, status: isReady ? 'True' : 'False' },
    ...(isReady || isStalled ? [] : [{ type: types.reconciling, status: 'True' as const }]),
    ...(isStalled ? [{ type: types.stalled, status: 'True' as const }] : []),
  ];
  const peers = (status.conditions ?? []).filter(({ type }) => !ours.includes(type));
  const before = rollout.status?.conditions;
  return {
    ...status,
    conditions: [...peers, ...next.map((condition) => keepTimes({ ...condition, ...said }, before, now))],
  };
}

/** The condition with its moments; the very same one when it says nothing new. */
function keepTimes(condition: Condition, before: readonly Condition[] | undefined, now: Instant): Condition {
  const known = findCondition(before, condition.type);
  const at = formatInstant(now);
  const isSame =
    known?.status === condition.status &&
    known.reason === condition.reason &&
    known.message === condition.message &&
    known.observedGeneration === condition.observedGeneration;
  if (isSame) return known;
  const lastTransitionTime = known?.status === condition.status ? (known.lastTransitionTime ?? at) : at;
  return { ...condition, lastTransitionTime, lastUpdateTime: at };
}
