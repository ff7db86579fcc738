import type { RolloutStatus } from '#api/argoproj/rollout.js';
import { rolloutEvents } from '#api/argoproj/words.js';
import { addMs, parseInstant, type Instant } from '#core/time/instant.js';
import type { Decision } from '#core/decision/decision.js';
import type { RolloutAction } from '../actions.js';
import { targetOf } from '../capacity/scale.js';
import { courseOf } from '../course.js';
import { act, emptyDraft, explain, say, steer, waitFor, type Draft } from '../draft.js';
import { eventsOf } from '../events/events-of.js';
import type { Facts } from '../facts.js';
import { lookAgainAt } from '../look-again.js';
import { release } from '../release.js';
import type { FormerRouting } from '../snapshot.js';
import { withWhy } from '../why/why-of.js';
import { isDeletionHeld } from './guard-deletion.js';
import { routingMemory } from './memory.js';
import { storedTraffic, type TrafficRecord } from './record.js';
import { takeBack } from './take-back.js';

/** A Rollout that is being deleted waits for its traffic no longer than this, whatever stands in the way. */
const patienceMs = 120_000;

/**
 * One pass of a Rollout that is being deleted while others than stable got requests: the traffic goes back to stable,
 * every proxy learns of it, Services and routes are given back, and then the Rollout goes. `undefined` when nothing
 * holds it.
 */
export function decideDeletion(facts: Facts): Decision<RolloutAction, RolloutStatus> | undefined {
  const deletedAt = parseInstant(facts.rollout.metadata.deletionTimestamp);
  if (deletedAt === undefined || !isDeletionHeld(facts)) return undefined;
  const start = emptyDraft(courseOf(facts.old));
  const until = addMs(deletedAt, patienceMs);
  if (facts.now >= until) return finish(facts, leave(facts, start));
  const { draft, isSafe } = takeBack(facts, mindful(facts, start), routingOf(facts));
  return finish(facts, isSafe ? giveBack(facts, draft) : hold(draft, until));
}

/** How the traffic was shifted: as remembered, else as the spec says. */
function routingOf({ rollout, snapshot }: Facts): FormerRouting {
  const { canary } = rollout.spec.strategy ?? {};
  return snapshot.former ?? { strategy: routingMemory(canary ?? {}), routers: snapshot.routers };
}

/** A pass that died before it could note its first write left a weight of which nothing is known. */
function mindful(facts: Facts, draft: Draft): Draft {
  const { course } = draft;
  if (course.traffic !== undefined || course.weights !== undefined) return draft;
  const high = facts.canary?.maxWeight ?? 100;
  const nothingKnown: TrafficRecord = {
    wanted: 0,
    low: 0,
    high,
    canaryHash: course.currentPodHash,
    stableHash: course.stableHash,
    routes: [],
    additional: [],
  };
  return steer(draft, { traffic: nothingKnown });
}

function hold(draft: Draft, until: Instant): Draft {
  const wait = { what: 'the traffic to be safe before the Rollout goes', until, unblockedBy: 'time' };
  return explain(waitFor(draft, wait), 'is being deleted: traffic goes back to stable first');
}

/** The last write takes the finalizer away: it stores nothing else, for there is nothing to store it in. */
function giveBack(facts: Facts, draft: Draft): Draft {
  const course = courseOf(facts.old);
  const freed = act({ ...draft, course, actions: [] }, ...release(facts), letGo(facts));
  return explain(freed, 'is being deleted: all traffic is with stable');
}

function leave(facts: Facts, draft: Draft): Draft {
  const message = `The Rollout goes although its traffic could not be taken back within ${patienceMs / 1000} seconds`;
  const told = say(draft, { type: 'Warning', reason: rolloutEvents.trafficLeftBehind, message });
  return explain(act(told, letGo(facts)), 'is being deleted: nothing more is waited for');
}

function letGo(facts: Facts): RolloutAction {
  return { kind: 'holdDeletion', target: targetOf(facts.rollout), isHeld: false };
}

function finish(facts: Facts, draft: Draft): Decision<RolloutAction, RolloutStatus> {
  const { course, actions } = draft;
  const isGoing = actions.some((action) => action.kind === 'holdDeletion');
  const status = isGoing ? facts.old : withWhy(facts, draft.waits, statusOf(facts, draft));
  const requeueAt = isGoing ? undefined : lookAgainAt(facts, draft, status);
  const sources = { actions, status, said: draft.events, promotedBecause: course.promotedBecause };
  return {
    actions,
    status,
    events: eventsOf(facts, sources),
    ...(requeueAt === undefined ? {} : { requeueAt }),
    waitingFor: draft.waits,
    because: draft.because,
  };
}

/** Only what is known of the traffic changes. */
function statusOf({ old }: Facts, { course }: Draft): RolloutStatus {
  const { traffic: _traffic, canary, ...others } = old;
  const { weights: _weights, ...kept } = canary ?? {};
  const traffic = storedTraffic(course.traffic, course.services, course.routedBy);
  const { weights } = course;
  return {
    ...others,
    ...(canary === undefined && weights === undefined
      ? {}
      : { canary: { ...kept, ...(weights === undefined ? {} : { weights }) } }),
    ...(traffic === undefined ? {} : { traffic }),
    phase: 'Progressing',
    message: 'traffic goes back to stable before the rollout is deleted',
  };
}
