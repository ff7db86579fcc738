import type { RolloutStatus } from '#api/argoproj/rollout.js';
import { addMs, earliest, type Instant } from '#core/time/instant.js';
import { isPromoted } from './course.js';
import type { Draft } from './draft.js';
import type { Facts } from './facts.js';
import { statusChange } from './status/status-change.js';
import { progressDeadline } from './status/deadline.js';
import { findCondition } from './status/conditions.js';
import { rolloutConditions, rolloutReasons } from '#api/argoproj/words.js';

/** When time alone changes the answer. A pass that changed something looks at the outcome at once. */
export function lookAgainAt(facts: Facts, draft: Draft, status: RolloutStatus): Instant | undefined {
  // What these change is watched, and one that was refused is not asked again at once.
  const isChanging = draft.actions.some(({ kind }) => kind !== 'evictPod' && kind !== 'scaleWorkload');
  if (isChanging || statusChange(facts.old, status) === 'transition') return facts.now;
  // What is due already changed nothing: something else holds it back and will be seen.
  const ends = draft.waits.flatMap(({ until }) => (until !== undefined && until > facts.now ? [until] : []));
  return ends.reduce(earliest, deadlineOf(facts, draft, status));
}

function deadlineOf(facts: Facts, draft: Draft, status: RolloutStatus): Instant | undefined {
  const reason = findCondition(status.conditions, rolloutConditions.progressing)?.reason;
  const isOver =
    reason === rolloutReasons.progressDeadlineExceeded || reason === rolloutReasons.newReplicaSetAvailable;
  if (isOver && isPromoted(draft.course)) return undefined;
  const deadline = progressDeadline(facts, draft.course);
  const due = deadline === undefined ? undefined : addMs(deadline, 1000);
  return due !== undefined && due > facts.now ? due : undefined;
}
