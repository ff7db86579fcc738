import type { RolloutStatus } from '#api/argoproj/rollout.js';
import type { Wait } from '#core/decision/decision.js';
import type { Facts } from '../facts.js';

/** One word for what a pass waits for, where the wait has none of its own: for programs, next to the sentence. */
export function reasonOf(facts: Facts, status: RolloutStatus, wait: Wait): string | undefined {
  const pause = status.pauseConditions?.[0]?.reason;
  switch (wait.unblockedBy) {
    case 'a person':
      return facts.rollout.spec.paused === true ? 'ManuallyPaused' : pause;
    case 'time':
      return pause;
    case 'the gate':
      return 'AnalysisPending';
    case 'the router':
      return 'WeightNotSeen';
    default:
      return undefined;
  }
}
