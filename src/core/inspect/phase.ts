import type { Rollout } from '#api/argoproj/rollout.js';
import { phaseOf } from '#core/view/words/phase.js';

/** A phase and what the controller says about it. */
export interface ReadPhase {
  readonly phase: 'Healthy' | 'Degraded' | 'Progressing' | 'Paused';
  readonly message: string;
}

/** The phase as a reader must see it; a Rollout that no controller has looked at is Progressing, as with the peer. */
export function readPhase(rollout: Rollout): ReadPhase {
  const { phase, message } = phaseOf(rollout);
  if (phase !== 'Unknown') return { phase, message };
  return { phase: 'Progressing', message: 'waiting for rollout spec update to be observed' };
}
