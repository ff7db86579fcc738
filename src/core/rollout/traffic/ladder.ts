import type { Wait } from '#core/decision/decision.js';
import { availableOf, specReplicasOf, withHash, type Facts } from '../facts.js';
import {
  canTakeOver,
  isCanaryIdle,
  isDestinationKnown,
  isStableDead,
  isUnsaid,
  isWindowClosed,
  lowestSafeWeight,
  mustCanaryMove,
  servesNobody,
  servesOwnPods,
  usedBackends,
} from './invariants.js';
import { isEqual } from '#core/json/json.js';
import type { TrafficRecord } from './record.js';
import type { BackendView, TrafficView } from './view.js';
import { objectName, waitForDestination, waitForEndpoints, waitForPods, waitForRouter } from './waits.js';

/** What a router is to say next. */
export type WantedTraffic = Pick<
  TrafficRecord,
  'wanted' | 'canaryHash' | 'stableHash' | 'routes' | 'additional'
>;

/** The one next safe change of traffic, or what it waits for. */
export type Rung =
  | { readonly kind: 'selector'; readonly backend: BackendView; readonly hash: string }
  | { readonly kind: 'traffic'; readonly wanted: WantedTraffic }
  | { readonly kind: 'wait'; readonly wait: Wait }
  | { readonly kind: 'settled' };

/**
 * Moves traffic one rung towards the goal. The order is the same for every situation (start, step, promotion, abort,
 * new revision, rollback): stable selector, lower weight and fewer routes, canary selector, higher weight and more
 * routes. Each rung waits until what the one before it did was seen and had its time to reach every proxy.
 */
export function nextRung(facts: Facts, view: TrafficView): Rung {
  const rungs = view.routers.length === 0 ? [restoreSelector, moveStable, moveCanary] : routedRungs;
  // A stable revision that never served has nothing to keep: no router is touched until another one is stable.
  if (view.routers.length > 0 && view.record === undefined && isStableDead(facts, view))
    return { kind: 'settled' };
  for (const rule of rungs) {
    const next = rule(facts, view);
    if (next === undefined) continue;
    const isLost = view.record !== undefined && isUnsaid(view);
    return next.kind === 'wait' && isLost ? repair(view.record) : next;
  }
  const { record } = view;
  if (record !== undefined && !view.isTrafficSettled) {
    return isUnsaid(view) ? repair(record) : wait(waitForRouter(facts, view, record));
  }
  const open = [view.stable, view.canary].find(({ isAdopted, isSettled }) => isAdopted && !isSettled);
  return open === undefined ? { kind: 'settled' } : wait(waitForEndpoints(facts, open));
}

type RungRule = (facts: Facts, view: TrafficView) => Rung | undefined;

/** A backend in use that somebody else pointed elsewhere gets back at once what every proxy knew. */
const restoreSelector: RungRule = (facts, view) => {
  for (const backend of usedBackends(view)) {
    const { lostHash } = backend;
    const isThere = lostHash !== undefined && availableOf(withHash(facts, lostHash)) > 0;
    if (isThere) return { kind: 'selector', backend, hash: lostHash };
  }
  return undefined;
};

const moveStable: RungRule = (facts, view) => {
  const { goal, stable, record } = view;
  if (stable.service === undefined || goal.stableHash === '') return undefined;
  if (stable.hash === goal.stableHash && stable.isAdopted) return undefined;
  if (record !== undefined && !view.isTrafficSettled) return wait(waitForRouter(facts, view, record));
  const high = record?.high ?? 0;
  const share = view.routers.length === 0 ? 0 : (facts.replicas * (view.maxWeight - high)) / view.maxWeight;
  return moveSelector(facts, stable, goal.stableHash, Math.floor(share));
};

const moveCanary: RungRule = (facts, view) => {
  const { goal, canary } = view;
  if (canary.service === undefined || goal.canaryHash === undefined) return undefined;
  if (canary.hash === goal.canaryHash && canary.isAdopted) return undefined;
  if (view.record !== undefined && !isCanaryIdle(view)) return wait(waitForRouter(facts, view, view.record));
  return moveSelector(facts, canary, goal.canaryHash, 1);
};

function moveSelector(facts: Facts, backend: BackendView, hash: string, neededPods: number): Rung {
  const target = withHash(facts, hash);
  // Only our mark is missing: that moves nothing.
  if (backend.hash === hash) return { kind: 'selector', backend, hash };
  if (target !== undefined && facts.replicas === 0) return { kind: 'selector', backend, hash };
  if (target !== undefined && canTakeOver(backend, target, neededPods))
    return { kind: 'selector', backend, hash };
  const needed = backend.isAdopted ? Math.max(1, neededPods) : specReplicasOf(target);
  return wait({
    what: `${availableOf(target)} of ${needed} available pods for Service ${backend.name}`,
    ...(target === undefined ? {} : { object: objectName(facts, 'ReplicaSet', target.metadata.name) }),
    unblockedBy: 'the pods',
  });
}

/** Routers that split by pod hash learn of a new stable revision before the weight goes back to it. */
const syncStableHash: RungRule = (facts, view) => {
  const { record, goal } = view;
  if (record === undefined || goal.stableHash === '' || record.stableHash === goal.stableHash)
    return undefined;
  if (!view.isTrafficSettled) return wait(waitForRouter(facts, view, record));
  const isReady = availableOf(withHash(facts, goal.stableHash)) >= 1;
  if (!isReady) return wait(waitForPods(facts, goal.stableHash));
  return { kind: 'traffic', wanted: { ...wantedOf(record), stableHash: goal.stableHash } };
};

/** Weight, routes and destinations that may be in force now: no canary while its backend has to move to other pods. */
function reachable(view: TrafficView): Aim {
  const { goal } = view;
  const { additional } = goal;
  return mustCanaryMove(view)
    ? { weight: 0, routes: [], additional }
    : { weight: goal.weight, routes: goal.routes.map((r) => r.name), additional };
}

interface Aim {
  readonly weight: number;
  readonly routes: readonly string[];
  readonly additional: TrafficRecord['additional'];
}

/** The destinations of a record as far as the aim still wants them, with no more weight than both say. */
function fewerDestinations(record: TrafficRecord, aim: Aim): TrafficRecord['additional'] {
  return record.additional.flatMap((extra) => {
    const wanted = aim.additional.find(
      ({ service, podTemplateHash }) =>
        service === extra.service && podTemplateHash === extra.podTemplateHash,
    );
    return wanted === undefined ? [] : [{ ...extra, weight: Math.min(extra.weight, wanted.weight) }];
  });
}

const lower: RungRule = (facts, view) => {
  const { record, stable, canary } = view;
  if (record === undefined) return undefined;
  const aim = reachable(view);
  const routes = record.routes.filter((name) => aim.routes.includes(name));
  const additional = fewerDestinations(record, aim);
  const isFewer = routes.length < record.routes.length || !isEqual(additional, record.additional);
  if (aim.weight >= record.wanted && !isFewer) return undefined;
  if (!servesOwnPods(stable) && !servesNobody(facts, view)) return wait(waitForEndpoints(facts, stable));
  if (isHashOnItsWay(view, record)) return wait(waitForRouter(facts, view, record));
  const isCanaryDead = availableOf(withHash(facts, canary.hash)) === 0;
  // Behind a promotion both backends are the same pods: who gets which share of them makes no difference.
  const isSame = canary.service !== undefined && canary.hash === view.goal.stableHash;
  const floor =
    isCanaryDead || isSame
      ? 0
      : lowestSafeWeight(view.maxWeight, facts.replicas, availableOf(withHash(facts, view.goal.stableHash)));
  const weight = Math.min(record.wanted, Math.max(aim.weight, floor));
  if (weight < record.wanted || isFewer) {
    return { kind: 'traffic', wanted: { ...wantedOf(record), wanted: weight, routes, additional } };
  }
  return wait(waitForPods(facts, view.goal.stableHash));
};

/** Proxies that tell revisions apart by hash are learning another one: the weight must not move in that window. */
function isHashOnItsWay(view: TrafficView, record: TrafficRecord): boolean {
  return !view.isTrafficSettled && record.isRehashed === true;
}

const syncCanaryHash: RungRule = (facts, view) => {
  const { record, goal, canary } = view;
  const hash = canary.service === undefined ? goal.canaryHash : canary.hash;
  if (record === undefined || hash === undefined || hash === '' || record.canaryHash === hash)
    return undefined;
  if (canary.service === undefined) {
    if (!isCanaryIdle(view)) return wait(waitForRouter(facts, view, record));
    if (availableOf(withHash(facts, hash)) === 0) return wait(waitForPods(facts, hash));
  }
  return { kind: 'traffic', wanted: { ...wantedOf(record), canaryHash: hash } };
};

/**
 * The first weight is written when both backends serve and stable can carry what it is to keep. A canary that serves
 * already gets its weight at once: for the proxies a route that is new and one that has a weight are one change.
 */
const begin: RungRule = (facts, view) => {
  const { record, goal, stable, canary } = view;
  if (record !== undefined || goal.stableHash === '' || facts.replicas === 0) return undefined;
  if (!servesOwnPods(stable) && stable.service !== undefined) return wait(waitForEndpoints(facts, stable));
  const needed = neededOfStable(facts, view);
  if (availableOf(withHash(facts, goal.stableHash)) < needed)
    return wait(waitForPods(facts, goal.stableHash));
  const canaryHash = canary.service === undefined ? (goal.canaryHash ?? '') : canary.hash;
  const mayBeWeighed = canary.service !== undefined && !view.isSplitByHash && servesOwnPods(canary);
  const wanted = mayBeWeighed ? reachable(view).weight : 0;
  return {
    kind: 'traffic',
    wanted: { wanted, canaryHash, stableHash: goal.stableHash, routes: [], additional: [] },
  };
};

/** Available pods that stable must have before anything is written about it. */
function neededOfStable(facts: Facts, { goal, maxWeight }: TrafficView): number {
  if (facts.canary?.progressThreshold !== undefined) return 1;
  return Math.max(1, Math.floor(((maxWeight - goal.weight) * facts.replicas) / maxWeight));
}

const raise: RungRule = (facts, view) => {
  const { record, canary, stable } = view;
  if (record === undefined) return undefined;
  const aim = reachable(view);
  const isMoreCanary = aim.weight > record.wanted || aim.routes.some((name) => !record.routes.includes(name));
  const isMoreExtra = !isEqual(aim.additional, record.additional);
  if (!isMoreCanary && !isMoreExtra) return undefined;
  if (isMoreCanary && !servesOwnPods(canary)) return wait(waitForEndpoints(facts, canary));
  if (!servesOwnPods(stable) && !isStableDead(facts, view)) return wait(waitForEndpoints(facts, stable));
  const unknown = aim.additional.find((extra) => !isDestinationKnown(facts, view, extra));
  if (unknown !== undefined) return wait(waitForDestination(facts, view, unknown));
  if (!isWindowClosed(view, isStableDead(facts, view))) return wait(waitForRouter(facts, view, record));
  const { routes, additional } = aim;
  return {
    kind: 'traffic',
    wanted: { ...wantedOf(record), wanted: Math.max(aim.weight, record.wanted), routes, additional },
  };
};

function repair(record: TrafficRecord): Rung {
  return { kind: 'traffic', wanted: wantedOf(record) };
}

const routedRungs: readonly RungRule[] = [
  restoreSelector,
  moveStable,
  syncStableHash,
  lower,
  moveCanary,
  syncCanaryHash,
  begin,
  raise,
];

function wantedOf(record: TrafficRecord): WantedTraffic {
  const { wanted, canaryHash, stableHash, routes, additional } = record;
  return { wanted, canaryHash, stableHash, routes, additional };
}

function wait(what: Wait): Rung {
  return { kind: 'wait', wait: what };
}
