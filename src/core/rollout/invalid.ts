import type { RolloutStatus } from '#api/argoproj/rollout.js';
import { rolloutConditions, rolloutReasons } from '#api/argoproj/words.js';
import type { Decision } from '#core/decision/decision.js';
import { addMs } from '#core/time/instant.js';
import type { RolloutAction } from './actions.js';
import type { Facts } from './facts.js';
import { eventsOf } from './events/events-of.js';
import { findCondition, refreshCondition } from './status/conditions.js';
import { phaseOf } from './status/phase.js';
import { findProblem } from './validate/find-problem.js';
import { describeSpecError } from './validate/field-error.js';
import { withWhy } from './why/why-of.js';
import { restoreWorkloads } from './workload-ref/sync.js';

/** References may appear later: an invalid Rollout is looked at again after this time. */
const retryMs = 20_000;

/** The decision for a spec that cannot be followed: nothing is done, and the status says what is wrong. */
export function decideInvalid(facts: Facts): Decision<RolloutAction, RolloutStatus> | undefined {
  const problem = findProblem(facts);
  if (problem === undefined) return undefined;
  const message = describeSpecError(facts.rollout.metadata.name, problem);
  const before = findCondition(facts.old.conditions, rolloutConditions.invalidSpec);
  const list = facts.old.conditions ?? [];
  const isKnown = before?.message === message;
  const conditions = isKnown
    ? list
    : refreshCondition(
        list,
        {
          type: rolloutConditions.invalidSpec,
          status: 'True',
          reason: rolloutReasons.invalidSpec,
          message,
        },
        facts.now,
      );
  const { message: _message, ...kept } = facts.old;
  const base = { ...kept, conditions, observedGeneration: String(facts.rollout.metadata.generation ?? 0) };
  const waitingFor = [
    { what: message, unblockedBy: "the user's manifest", reason: rolloutReasons.invalidSpec },
  ];
  const status = withWhy(facts, waitingFor, { ...base, ...phaseOf(facts, base, true) });
  const said = isKnown ? [] : [{ type: 'Warning' as const, reason: rolloutReasons.invalidSpec, message }];
  // What a Rollout took from a Deployment that it does not name any more is given back whatever else is wrong.
  const actions = restoreWorkloads(facts);
  return {
    actions,
    status,
    events: eventsOf(facts, { actions, status, said }),
    requeueAt: addMs(facts.now, retryMs),
    waitingFor,
    because: message,
  };
}
