import { trafficFinalizer } from '#api/argoproj/words.js';
import { targetOf } from '../capacity/scale.js';
import { act, steer, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { isAllStable } from './invariants.js';
import type { RoutingMemory, TrafficRecord } from './record.js';
import type { TrafficView } from './view.js';

/**
 * Holds the deletion of the Rollout from before anybody else than stable gets requests until every proxy knows that
 * nobody does any more, and remembers for that time what the traffic was shifted by.
 */
export function guardDeletion(
  facts: Facts,
  draft: Draft,
  view: TrafficView,
  routedBy: RoutingMemory | undefined,
): Draft {
  const isHeld = isDeletionHeld(facts);
  if (sharesTraffic(draft.course.traffic)) {
    const kept = steer(draft, { routedBy });
    if (isHeld || facts.rollout.metadata.deletionTimestamp !== undefined) return kept;
    const target = targetOf(facts.rollout);
    return { ...kept, actions: [{ kind: 'holdDeletion', target, isHeld: true }, ...kept.actions] };
  }
  return isAllStable(view) ? freeDeletion(facts, steer(draft, { routedBy: undefined })) : draft;
}

/** Lets the Rollout go whenever somebody deletes it. */
export function freeDeletion(facts: Facts, draft: Draft): Draft {
  if (!isDeletionHeld(facts)) return draft;
  return act(draft, { kind: 'holdDeletion', target: targetOf(facts.rollout), isHeld: false });
}

/** Whether the Rollout waits with its deletion until its traffic is safe. */
export function isDeletionHeld({ rollout }: Pick<Facts, 'rollout'>): boolean {
  return rollout.metadata.finalizers?.includes(trafficFinalizer) === true;
}

/** Some proxy may send requests to others than stable, by weight or by a route. */
function sharesTraffic(record: TrafficRecord | undefined): boolean {
  if (record === undefined) return false;
  return record.high > 0 || record.routes.length > 0 || record.additional.length > 0;
}
