import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { addMs, parseInstant, type Instant } from '#core/time/instant.js';
import type { RolloutAction } from '../actions.js';
import { targetOf } from '../capacity/scale.js';
import { act, steer, waitFor, type Draft } from '../draft.js';
import { availableOf, hashOf, othersThan, specReplicasOf, withHash, type Facts } from '../facts.js';
import { alivePods, createdAt } from '../pods.js';
import type { PodView } from '../snapshot.js';
import { surgeAndUnavailable } from '../spec/canary-settings.js';
import { restartOrder } from './order.js';
import { surgeOf } from './surge.js';

/** How long after a refused or granted eviction the next look comes when nothing else happens. */
const retryMs = 30_000;
/** A pod that came so long ago and does not run is not just starting. */
const stuckAfterMs = 60_000;
/** A pod younger than this may be counted as available by a ReplicaSet that has not heard of it. */
const countedAfterMs = 2000;

/**
 * Evicts the pods from before `spec.restartAt`, one ReplicaSet after the other, stable first, within `maxUnavailable`.
 * Where that leaves nothing to take (one pod, or no pod may be missing) the ReplicaSet gets an extra pod first and
 * gives it back in the end, so that a restart takes no capacity away. Does nothing while a release has something to do.
 */
export function restartPods(facts: Facts, draft: Draft): Draft {
  if (draft.actions.length > 0) return draft;
  const order = restartOrder(facts, draft.course.restartedAt);
  const isDue = order !== undefined && facts.now >= order;
  const next = isDue ? nextToRestart(facts, draft, order) : undefined;
  const surged = facts.all.filter((rs) => surgeOf(rs) > 0 && rs !== next?.rs);
  if (surged.length > 0) return act(draft, ...surged.map((rs) => resize(rs, 0)));
  if (order === undefined) return draft;
  if (!isDue) {
    return waitFor(draft, { what: 'the moment to restart the pods', until: order, unblockedBy: 'time' });
  }
  if (next === undefined) return steer(draft, { restartedAt: facts.rollout.spec.restartAt });
  return restartSet(facts, draft, next);
}

interface Restart {
  readonly rs: ReplicaSet;
  /** From before the order, oldest first; never empty. */
  readonly pods: readonly PodView[];
  /** From before the order and not running, of every ReplicaSet. */
  readonly idle: readonly PodView[];
  /** Gets requests: the stable or the new one. */
  readonly isServing: boolean;
}

/** The first ReplicaSet that still has pods from before the order: stable, new, then the others from the oldest on. */
function nextToRestart(facts: Facts, draft: Draft, order: Instant): Restart | undefined {
  const stable = withHash(facts, draft.course.stableHash);
  const serving = [stable, facts.newRS].filter((rs) => rs !== undefined);
  const old = othersThan(facts, ...serving).toReversed();
  const sets = [...new Set([...serving, ...old])].map((rs) => ({
    rs,
    pods: alivePods(facts, rs).filter((pod) => createdAt(pod) < order),
  }));
  const first = sets.find(({ pods }) => pods.length > 0);
  if (first === undefined) return undefined;
  const idle = sets.flatMap(({ pods }) => pods).filter(isInTrouble);
  return { ...first, idle, isServing: serving.includes(first.rs) };
}

function restartSet(facts: Facts, draft: Draft, restart: Restart): Draft {
  const { rs } = restart;
  const bounds = boundsOf(facts);
  const isBlocked = bounds.maxSurge > 0 && stuckPods(facts) >= Math.max(bounds.maxUnavailable, 1);
  const isSurging = restart.isServing && (isBlocked || needsSurge(rs, bounds));
  if (isSurging !== surgeOf(rs) > 0) return act(draft, resize(rs, isSurging ? 1 : 0));
  const evicted = podsToEvict(facts, restart, bounds, isBlocked);
  const again = addMs(facts.now, retryMs);
  const until = evicted.length > 0 ? again : (youngestCountsAt(facts) ?? again);
  const waiting = waitFor(draft, {
    what: `${restart.pods.length} pods of ReplicaSet ${rs.metadata.name} to be restarted`,
    object: `ReplicaSet/${rs.metadata.namespace ?? ''}/${rs.metadata.name}`,
    until,
    unblockedBy: 'the pods',
  });
  return act(waiting, ...evicted.map((pod) => ({ kind: 'evictPod' as const, target: targetOf(pod) })));
}

/** Pods that serve nobody go at once, whosever they are. Of the others as many as the bounds allow, oldest first. */
function podsToEvict(facts: Facts, restart: Restart, bounds: Bounds, isBlocked: boolean): readonly PodView[] {
  const serving = restart.pods.filter((pod) => !isInTrouble(pod));
  const count = Math.max(0, mayEvict(facts, restart, bounds, isBlocked));
  return [...restart.idle, ...serving.slice(0, count)];
}

function isInTrouble(pod: PodView): boolean {
  return pod.status !== undefined;
}

/** Pods that do not come up would hold the others back for ever. */
function stuckPods(facts: Facts): number {
  return facts.all
    .flatMap((rs) => alivePods(facts, rs))
    .filter((pod) => isInTrouble(pod) && createdAt(pod) + stuckAfterMs <= facts.now).length;
}

interface Bounds {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** A router splits traffic whatever the number of pods, and a blue-green release doubles its pods anyway: both may surge. */
function boundsOf(facts: Facts): Bounds {
  const { canary } = facts;
  if (canary === undefined) {
    return surgeAndUnavailable(1, facts.rollout.spec.strategy?.blueGreen?.maxUnavailable, facts.replicas);
  }
  const { maxSurge, maxUnavailable, routing } = canary;
  return { maxSurge: routing === undefined ? maxSurge : Math.max(1, maxSurge), maxUnavailable };
}

/** Without surge the user wants the old pod gone before the new one comes; then a single pod is simply missing. */
function needsSurge(rs: ReplicaSet, { maxSurge, maxUnavailable }: Bounds): boolean {
  return maxUnavailable === 0 || (specReplicasOf(rs) === 1 && maxSurge > 0);
}

function mayEvict(
  facts: Facts,
  { rs, isServing }: Restart,
  { maxSurge, maxUnavailable }: Bounds,
  isBlocked: boolean,
): number {
  const available = facts.all.reduce((sum, each) => sum + countedPods(facts, each), 0);
  // An extra pod stands in for those that do not come up.
  const wanted = facts.all.reduce(
    (sum, each) => sum + specReplicasOf(each) + (isBlocked ? 0 : surgeOf(each)),
    0,
  );
  const allowed = available - (Math.max(facts.replicas, wanted) - Math.max(maxUnavailable, 1));
  const mustStay = isServing && (specReplicasOf(rs) > 1 || maxSurge > 0) ? 1 : 0;
  return Math.min(allowed, countedPods(facts, rs) - mustStay);
}

/** Available pods, with nothing counted that a late status still says of a pod that left or has just come. */
function countedPods(facts: Facts, rs: ReplicaSet): number {
  const known = alivePods(facts, rs).filter((pod) => createdAt(pod) + countedAfterMs <= facts.now);
  const observed = facts.snapshot.replicaSets.find((each) => hashOf(each) === hashOf(rs));
  return Math.min(availableOf(observed), known.length);
}

function youngestCountsAt(facts: Facts): Instant | undefined {
  const created = facts.snapshot.pods.flatMap((pod) => parseInstant(pod.metadata.creationTimestamp) ?? []);
  const last = created.length === 0 ? undefined : created.reduce((a, b) => (b > a ? b : a));
  const at = last === undefined ? undefined : addMs(last, countedAfterMs);
  return at !== undefined && at > facts.now ? at : undefined;
}

/** Gives a ReplicaSet its extra pod, or takes it away. */
function resize(rs: ReplicaSet, extra: 0 | 1): RolloutAction {
  const size = specReplicasOf(rs);
  return {
    kind: 'scaleReplicaSet',
    target: targetOf(rs),
    from: size + surgeOf(rs),
    to: size + extra,
    annotations: { [annotations.restartSurge]: extra === 0 ? null : 'true' },
  };
}
