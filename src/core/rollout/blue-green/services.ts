import type { RolloutAction } from '../actions.js';
import type { Course } from '../course.js';
import { act, say, steer, waitFor, type Draft } from '../draft.js';
import { availableOf, withHash, type Facts } from '../facts.js';
import { isHalted } from '../orders.js';
import { surgeAndUnavailable } from '../spec/canary-settings.js';
import { lookAtTraffic } from '../traffic/look.js';
import { objectName } from '../traffic/waits.js';
import { canTakeOver } from '../traffic/invariants.js';
import { restorations } from '../traffic/restorations.js';
import type { BackendView, TrafficView } from '../traffic/view.js';
import type { BlueGreenSettings } from './settings.js';
import { activeTarget, type SwitchFacts } from './switch.js';

/** Where the two Services shall point now, and what is known of them. `canary` is the preview. */
export function lookAtServices(
  facts: Facts,
  settings: BlueGreenSettings,
  course: Course,
  at: SwitchFacts,
): TrafficView {
  const goal = {
    stableHash: activeTarget(facts, course, at),
    canaryHash: isHalted(facts, course) ? undefined : facts.newHash,
    weight: 0,
    routes: [],
    additional: [],
  };
  return lookAtTraffic(facts, course, goal, {
    stable: settings.activeService,
    canary: settings.previewService,
  });
}

/** Points the preview, then the active Service, each as soon as it may: neither waits for the other. */
export function moveServices(facts: Facts, draft: Draft, view: TrafficView): Draft {
  const told = say(draft, ...restorations(facts, draft.course, view));
  const known = steer(told, { services: view.services });
  return moveActive(facts, movePreview(facts, known, view), view);
}

/** Every proxy knows that the active Service selects the new pods. */
export function isCutOver(facts: Facts, { stable }: TrafficView): boolean {
  return stable.hash === facts.newHash && stable.isAdopted && stable.isSettled;
}

function movePreview(facts: Facts, draft: Draft, { canary, goal }: TrafficView): Draft {
  const hash = goal.canaryHash;
  if (hash === undefined || isRight(canary, hash)) return waitForProxies(facts, draft, canary);
  // The peer points it at once, and so away from pods that serve to a revision that has none yet.
  const isServing = Object.values(canary.service?.readyByHash ?? {}).some((count) => count > 0);
  const isSafe = !isServing || facts.replicas === 0 || availableOf(withHash(facts, hash)) > 0;
  return isSafe ? act(draft, select(facts, canary, hash)) : waitForPods(facts, draft, canary, hash, 1);
}

function moveActive(facts: Facts, draft: Draft, { stable, goal }: TrafficView): Draft {
  const hash = goal.stableHash;
  if (hash === '' || isRight(stable, hash)) return waitForProxies(facts, draft, stable);
  const target = withHash(facts, hash);
  if (target === undefined) return draft;
  const needed = podsNeeded(facts, stable);
  const isSafe = facts.replicas === 0 || canTakeOver(stable, target, needed);
  return isSafe ? act(draft, select(facts, stable, hash)) : waitForPods(facts, draft, stable, hash, needed);
}

/** As many as answer now, less those that may be missing: going back must not overload the pods it goes back to. */
function podsNeeded(facts: Facts, active: BackendView): number {
  const { maxUnavailable } = surgeAndUnavailable(
    1,
    facts.rollout.spec.strategy?.blueGreen?.maxUnavailable,
    facts.replicas,
  );
  const serving = availableOf(withHash(facts, active.hash));
  return Math.max(1, Math.min(serving, facts.replicas - maxUnavailable));
}

function isRight(backend: BackendView, hash: string): boolean {
  return backend.service === undefined || (backend.hash === hash && backend.isAdopted);
}

function select(facts: Facts, { service, name }: BackendView, hash: string): RolloutAction {
  const { uid, resourceVersion } = service?.service.metadata ?? {};
  return {
    kind: 'setSelector',
    target: { name, uid: uid ?? '', resourceVersion: resourceVersion ?? '' },
    hash,
    managedBy: facts.rollout.metadata.name,
  };
}

function waitForPods(facts: Facts, draft: Draft, backend: BackendView, hash: string, needed: number): Draft {
  const target = withHash(facts, hash);
  return waitFor(draft, {
    what: `${availableOf(target)} of ${needed} available pods for Service ${backend.name}`,
    ...(target === undefined ? {} : { object: objectName(facts, 'ReplicaSet', target.metadata.name) }),
    unblockedBy: 'the pods',
  });
}

/** A Service that was pointed elsewhere is waited for until every proxy knows. */
function waitForProxies(facts: Facts, draft: Draft, backend: BackendView): Draft {
  const { service, name, isSettled, settlesAt, isAdopted } = backend;
  if (service === undefined || isSettled || !isAdopted) return draft;
  return waitFor(draft, {
    what: `endpoints of Service ${name} to reach every proxy`,
    object: objectName(facts, 'Service', name),
    ...(settlesAt === undefined ? {} : { until: settlesAt }),
    unblockedBy: settlesAt === undefined ? 'the pods' : 'time',
  });
}
