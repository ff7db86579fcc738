import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { availableOf, servingOf, specReplicasOf, withHash, type Facts } from '../facts.js';
import type { ExtraDestination } from './record.js';
import { knownAt, readyEndpoints, type BackendView, type TrafficView } from './view.js';

/*
 * What must be observed before a rung may be taken, so that no request is dropped on the way. Each is named after what
 * it promises; the ladder asks them, the laws check them after every single write, and `waitingFor` tells which one
 * holds a release back.
 */

/** A backend that gets requests, or is merely referenced, has ready endpoints of its own pods that the proxies know. */
export function servesOwnPods(backend: BackendView): boolean {
  if (backend.service === undefined) return backend.hash !== '';
  return backend.isSettled && readyEndpoints(backend.service, backend.hash).own > 0;
}

/**
 * Neither backend has a ready pod, nor will stable have one soon, nor does a proxy still send to pods that were behind
 * it: whatever the weights are, nobody is served worse.
 */
export function servesNobody(facts: Facts, view: TrafficView): boolean {
  if (isTurning(facts, view.stable)) return false;
  if (availableOf(withHash(facts, view.goal.stableHash)) > 0) return false;
  return [view.stable, view.canary].every(({ service, hash }) =>
    service === undefined
      ? availableOf(withHash(facts, hash)) === 0
      : readyEndpoints(service, hash).own === 0,
  );
}

/** The selector moved a moment ago: some proxy may still send to the pods that it selected before. */
export function isTurning({ now }: Facts, { turnsAt }: BackendView): boolean {
  return turnsAt !== undefined && now < turnsAt;
}

/** A Service is pointed only at pods that can take over: all of them the first time, else those that its share needs. */
export function canTakeOver(backend: BackendView, target: ReplicaSet, neededPods: number): boolean {
  const available = servingOf(target);
  if (backend.service !== undefined && !backend.isAdopted) {
    return specReplicasOf(target) > 0 && available >= specReplicasOf(target);
  }
  return available >= Math.max(1, neededPods);
}

/** The canary backend is repointed only while no proxy sends anything to it. */
export function isCanaryIdle(view: TrafficView): boolean {
  if (view.record === undefined) return view.routers.length === 0 || view.canary.hash === '';
  return view.isTrafficSettled && view.record.high === 0 && view.record.routes.length === 0;
}

/** The canary backend has to be pointed at other pods, which it can only without any weight. */
export function mustCanaryMove({ goal, canary, record }: TrafficView): boolean {
  const now = canary.service === undefined ? record?.canaryHash : canary.hash;
  return goal.canaryHash !== undefined && now !== goal.canaryHash;
}

/** The backends that some proxy may send requests to. */
export function usedBackends(view: TrafficView): readonly BackendView[] {
  return isCanaryIdle(view) ? [view.stable] : [view.stable, view.canary];
}

/** Every proxy knows that nobody but stable gets requests. Always so without a record. */
export function isAllStable(view: TrafficView): boolean {
  const { record } = view;
  return record === undefined || (isCanaryIdle(view) && record.additional.length === 0);
}

/** Stable has no pod that serves: no request is lost by what it does not get. */
export function isStableDead(facts: Facts, { goal }: TrafficView): boolean {
  return facts.replicas > 0 && availableOf(withHash(facts, goal.stableHash)) === 0;
}

/** The pods of an experiment's template are behind its Service, and every proxy had the time to learn that. */
export function isDestinationKnown(facts: Facts, view: TrafficView, extra: ExtraDestination): boolean {
  const seen = view.services[extra.service];
  const known = knownAt(seen?.seenAt, view.propagationMs);
  return seen?.hash === extra.podTemplateHash && known !== undefined && facts.now >= known;
}

/** Selector and weight never change in the same propagation window. */
export function isWindowClosed(view: TrafficView, isStableDown: boolean): boolean {
  return (
    view.isTrafficSettled &&
    (view.stable.isSettled || isStableDown) &&
    (view.canary.service === undefined || view.canary.isSettled)
  );
}

/** The lowest canary weight that leaves stable no more requests than its ready pods can carry. */
export function lowestSafeWeight(maxWeight: number, replicas: number, stableAvailable: number): number {
  if (replicas <= 0) return 0;
  return Math.min(maxWeight, Math.max(0, Math.ceil((maxWeight * (replicas - stableAvailable)) / replicas)));
}

/** Some proxy may still send the stable share to pods with this hash: none of them may leave. */
export function mayServeAsStable(view: TrafficView, hash: string): boolean {
  const { stable, record } = view;
  if (stable.service === undefined) return record?.stableHash === hash || !view.isTrafficSettled;
  return stable.hash === hash || !stable.isSettled || (stable.service.readyByHash[hash] ?? 0) > 0;
}

/** No proxy can still send a request to pods with this hash: they may leave. */
export function isReleased(view: TrafficView, hash: string): boolean {
  const backends = [view.stable, view.canary].filter((backend) => backend.service !== undefined);
  const isNamed = backends.some((backend) => backend.hash === hash);
  const isStillBehind = backends.some(
    ({ service }) => service !== undefined && (service.readyByHash[hash] ?? 0) > 0,
  );
  if (isNamed || isStillBehind || !backends.every((backend) => backend.isSettled)) return false;
  if (view.routers.length === 0) return true;
  const { record } = view;
  if (record === undefined || !view.isTrafficSettled) return false;
  return record.canaryHash !== hash && record.stableHash !== hash;
}

/** The cluster does not say what was written: somebody changed it, or the write was lost. */
export function isUnsaid({ routers, record }: TrafficView): boolean {
  return routers.length > 0 && record !== undefined && record.writtenAt === undefined;
}
