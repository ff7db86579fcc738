import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations } from '#api/argoproj/words.js';
import { phaseOf } from '#core/view/phase.js';

/** A phase and what the controller says about it. */
export interface ReadPhase {
  readonly phase: 'Healthy' | 'Degraded' | 'Progressing' | 'Paused';
  readonly message: string;
}

/**
 * The phase as a reader must see it: Progressing while the controller has not observed the spec, the referenced
 * workload, or that a person ended a pause.
 */
export function readPhase(rollout: Rollout): ReadPhase {
  const { phase, message, isBehind } = phaseOf(rollout);
  if (phase === 'Unknown')
    return { phase: 'Progressing', message: 'waiting for rollout spec update to be observed' };
  if (isBehind === null && isWorkloadBehind(rollout)) {
    const what = 'waiting for rollout spec update to be observed for the reference workload';
    return { phase: 'Progressing', message: what };
  }
  return { phase, message };
}

function isWorkloadBehind({ spec, metadata, status }: Rollout): boolean {
  if (spec.workloadRef === undefined) return false;
  const wanted = metadata.annotations?.[annotations.workloadGeneration];
  return wanted !== undefined && wanted !== status?.workloadObservedGeneration;
}
