import { rolloutEvents } from '#api/argoproj/words.js';
import { isEqual } from '#core/json/json.js';
import type { RolloutDecision } from '#core/rollout/decide.js';
import { addMs, earliest } from '#core/time/instant.js';
import type { ReconcileResult } from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import type { Outcome } from './carry-out.js';

const droppedMs = 10_000;

const droppedMessage =
  'the CustomResourceDefinition of Rollouts drops fields of their status: apply those of Sluice';

/**
 * When to look again after a pass. An API server whose definition of Rollouts is another's drops fields of ours, which
 * every pass would write anew: then the next look waits, and an event says what to do.
 */
export function nextLook(
  { clock, events }: Pick<ControllerDeps, 'clock' | 'events'>,
  decision: RolloutDecision,
  { stored, heldUntil }: Outcome,
): ReconcileResult {
  const { actions } = decision;
  const requeueAt = earliest(decision.requeueAt, heldUntil);
  if (heldUntil === undefined && !isEqual(stored.status ?? {}, decision.status)) {
    events.record(stored, [
      { type: 'Warning', reason: rolloutEvents.reconciliationError, message: droppedMessage },
    ]);
    if (actions.length === 0) return { requeueAt: addMs(clock.now(), droppedMs) };
  }
  return requeueAt === undefined ? {} : { requeueAt };
}
