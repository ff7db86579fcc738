import type { RolloutPhase, RolloutStatus } from '#api/argoproj/rollout.js';
import { analysisPhases, rolloutConditions, rolloutReasons } from '#api/argoproj/words.js';
import type { Facts } from '../facts.js';
import { isRestarting } from '../restart/order.js';
import { findCondition } from './conditions.js';

interface PhaseWords {
  readonly phase: RolloutPhase;
  readonly message: string;
}

/** The one word for a Rollout, and why; the first rule that fits counts. `isCutOver`: all traffic is where it shall be. */
export function phaseOf(facts: Facts, status: RolloutStatus, isCutOver: boolean): PhaseWords {
  return (
    phaseOfConditions(facts, status) ?? phaseOfPods(facts, status) ?? phaseOfWay(facts, status, isCutOver)
  );
}

function progressing(message: string): PhaseWords {
  return { phase: 'Progressing', message };
}

function phaseOfConditions(facts: Facts, status: RolloutStatus): PhaseWords | undefined {
  const invalid = findCondition(status.conditions, rolloutConditions.invalidSpec);
  if (invalid !== undefined) return { phase: 'Degraded', message: `InvalidSpec: ${invalid.message ?? ''}` };
  const failed = (status.conditions ?? []).find(
    ({ reason }) =>
      reason === rolloutReasons.rolloutAborted || reason === rolloutReasons.progressDeadlineExceeded,
  );
  if (failed !== undefined)
    return { phase: 'Degraded', message: `${failed.reason}: ${failed.message ?? ''}` };
  if (facts.rollout.spec.paused === true) return { phase: 'Paused', message: 'manually paused' };
  const [pause] = status.pauseConditions ?? [];
  if (pause !== undefined) return { phase: 'Paused', message: pause.reason };
  return isRestarting(facts, status.restartedAt) ? progressing('rollout is restarting') : undefined;
}

function phaseOfPods(facts: Facts, status: RolloutStatus): PhaseWords | undefined {
  const updated = status.updatedReplicas ?? 0;
  if (updated < facts.replicas) return progressing('more replicas need to be updated');
  if ((status.availableReplicas ?? 0) < updated) {
    return progressing('updated replicas are still becoming available');
  }
  return undefined;
}

function phaseOfWay(facts: Facts, status: RolloutStatus, isCutOver: boolean): PhaseWords {
  const isStable = status.stableRS !== undefined && status.stableRS === status.currentPodHash;
  const blueGreen = facts.rollout.spec.strategy?.blueGreen;
  if (blueGreen !== undefined) {
    if (status.blueGreen?.activeSelector !== status.currentPodHash)
      return progressing('active service cutover pending');
    if (isStable) return isCutOver ? healthy : progressing('active service cutover pending');
    return isMeasuring(facts, status)
      ? progressing('waiting for analysis to complete')
      : progressing('waiting for post-promotion verification to complete');
  }
  const isBasic = facts.canary?.routing === undefined;
  if (isBasic && (status.replicas ?? 0) > (status.updatedReplicas ?? 0)) {
    return progressing('old replicas are pending termination');
  }
  if (!isStable) return progressing('waiting for all steps to complete');
  return isCutOver ? healthy : progressing('stable service cutover pending');
}

/** The new pods are active, and the analysis behind the switch has not ended. */
function isMeasuring(facts: Facts, { blueGreen }: RolloutStatus): boolean {
  if (facts.rollout.spec.strategy?.blueGreen?.postPromotionAnalysis === undefined) return false;
  const phase = blueGreen?.postPromotionAnalysisRunStatus?.status;
  return (
    phase === undefined ||
    phase === '' ||
    phase === analysisPhases.pending ||
    phase === analysisPhases.running
  );
}

const healthy: PhaseWords = { phase: 'Healthy', message: '' };
