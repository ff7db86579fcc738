import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { basicSizes } from '../capacity/basic-sizes.js';
import { scaleDownLater } from '../capacity/delayed-scale-down.js';
import { scaleDownOldSets } from '../capacity/old-replica-sets.js';
import { scaleTo, setDeadline } from '../capacity/scale.js';
import { isPromoted, type Course } from '../course.js';
import { act, waitFor, type Draft } from '../draft.js';
import { availableOf, hashOf, othersThan, specReplicasOf, withHash, type Facts } from '../facts.js';
import { isReleased, mayServeAsStable, mustCanaryMove } from '../traffic/invariants.js';
import { objectName } from '../traffic/waits.js';
import type { TrafficView } from '../traffic/view.js';
import { podsForWeight, type CanaryGoal } from './goal.js';
import type { CanaryPass } from './pass.js';

/** Moves the pods of a canary one safe step towards the goal. Frozen while a person paused the Rollout. */
export function climbCapacity(pass: CanaryPass, draft: Draft): Draft {
  const { facts, settings, goal } = pass;
  const kept = keepRolesUndated(facts, draft);
  const sized = settings.routing === undefined ? sizeBasic(pass, kept) : sizeRouted(pass, kept);
  return reportPods(facts, sized, goal);
}

/** The ReplicaSets in use lose the deadline that they got when they were old; an aborted canary keeps the one it has. */
function keepRolesUndated(facts: Facts, draft: Draft): Draft {
  const stable = withHash(facts, draft.course.stableHash);
  const isAborting = draft.course.isAborted && !isPromoted(draft.course);
  const roles = isAborting ? [stable] : [stable, facts.newRS];
  return roles.reduce((next, rs) => (rs === undefined ? next : act(next, ...setDeadline(rs, null))), draft);
}

function sizeBasic({ facts, settings, goal, view }: CanaryPass, draft: Draft): Draft {
  const { newRS } = facts;
  const stable = withHash(facts, draft.course.stableHash);
  const stableSet = stable === newRS ? undefined : stable;
  const old = othersThan(facts, newRS, stable);
  // A single pod without surge has to leave before another one has room.
  const isHeld = facts.replicas + settings.maxSurge > 1;
  const next = basicSizes(facts, settings, draft.course.stableHash, {
    ...goal.pods,
    canary: Math.max(goal.pods.canary, isHeld ? heldPods(newRS, stableSet, view) : 0),
  });
  const stableMoves = stableSet === undefined ? [] : scaleTo(facts, stableSet, next.stable);
  if (changesSize(stableMoves)) return act(draft, ...stableMoves);
  const newMoves = newRS === undefined ? [] : scaleTo(facts, newRS, next.canary);
  const moved = act(draft, ...stableMoves, ...newMoves);
  if (changesSize(newMoves)) return moved;
  return scaleDownOldSets(facts, moved, old, {
    minAvailable: facts.replicas - settings.maxUnavailable,
    isReleased: (rs) => !isHeld || isReleased(view, hashOf(rs)),
    delaySeconds: undefined,
    delayRevisionLimit: 0,
    isPromoted: false,
  });
}

/** A canary that a Service still selects keeps a pod behind it until the Service was moved. */
function heldPods(newRS: ReplicaSet | undefined, stable: ReplicaSet | undefined, view: TrafficView): number {
  if (newRS === undefined || stable === undefined || isReleased(view, hashOf(newRS))) return 0;
  return Math.min(1, specReplicasOf(newRS));
}

function changesSize(actions: Draft['actions']): boolean {
  return actions.some((action) => action.kind === 'scaleReplicaSet' && action.from !== action.to);
}

function sizeRouted(pass: CanaryPass, draft: Draft): Draft {
  const { facts, settings, view } = pass;
  const { newRS } = facts;
  const { course } = draft;
  const stable = withHash(facts, course.stableHash);
  const isDone = isPromoted(course);
  let next = draft;
  if (stable !== undefined && stable !== newRS) {
    next = act(next, ...scaleTo(facts, stable, stableSize(pass)));
  }
  if (newRS !== undefined) next = sizeCanary({ ...pass, newRS, stable }, next);
  return scaleDownOldSets(facts, next, othersThan(facts, newRS, stable), {
    minAvailable: facts.replicas - settings.maxUnavailable,
    isReleased: (rs) => isReleased(view, hashOf(rs)),
    delaySeconds: settings.isDynamicStableScale ? undefined : settings.scaleDownDelaySeconds,
    delayRevisionLimit: settings.scaleDownDelayRevisionLimit,
    isPromoted: isDone,
  });
}

/** Stable keeps the pods for the share that some proxy may still send to it, or must send while the canary changes its pods. */
function stableSize({ facts, settings, goal, view }: CanaryPass): number {
  if (!settings.isDynamicStableScale) return facts.replicas;
  const mayGet = settings.maxWeight - (mustCanaryMove(view) ? 0 : (view.record?.low ?? 0));
  return Math.max(goal.pods.stable, 1, podsForWeight(settings, facts.replicas, mayGet));
}

interface CanarySizing extends CanaryPass {
  readonly newRS: ReplicaSet;
  readonly stable: ReplicaSet | undefined;
}

function sizeCanary(sizing: CanarySizing, draft: Draft): Draft {
  const { facts, newRS, stable, goal, view } = sizing;
  const { course } = draft;
  if (isLeaving(course)) return leave(sizing, draft);
  const isStable = stable === undefined || stable === newRS;
  const used = isStable ? 0 : podsInUse(sizing);
  // A revision that was stable a moment ago is still served by proxies that have not heard of the switch.
  const held = !isStable && mayServeAsStable(view, hashOf(newRS)) ? specReplicasOf(newRS) : 0;
  const wanted = Math.max(goal.pods.canary, used, held);
  return act(draft, ...scaleTo(facts, newRS, wanted));
}

function isLeaving(course: Course): boolean {
  return course.isAborted && !course.isPromoteFull && !isPromoted(course) && course.stableHash !== '';
}

/** Pods that the canary must have because some proxy may still send it requests. */
function podsInUse({ facts, settings, newRS, view, goal }: CanarySizing): number {
  const { record } = view;
  if (record === undefined) return 0;
  const isMeant = record.canaryHash === hashOf(newRS) || view.canary.hash === hashOf(newRS);
  if (!isMeant) return isReleased(view, hashOf(newRS)) ? 0 : Math.min(1, specReplicasOf(newRS));
  const byWeight = podsForWeight(settings, facts.replicas, record.high);
  // A setCanaryScale is the user's word on the size, also below what the weight asks for.
  const forWeight = goal.step.scale === undefined ? byWeight : Math.min(byWeight, goal.pods.canary);
  // Even at weight 0 a backend that a route names must have somebody behind it.
  return Math.min(specReplicasOf(newRS), Math.max(1, forWeight));
}

function leave(sizing: CanarySizing, draft: Draft): Draft {
  const { facts, settings, newRS, stable, view } = sizing;
  const now = specReplicasOf(newRS);
  if (now === 0) return draft;
  if (settings.isDynamicStableScale && !settings.isAbortDelayExplicit) {
    const pods = isReleased(view, hashOf(newRS)) ? 0 : podsInUse(sizing);
    return act(
      draft,
      ...scaleTo(facts, newRS, Math.min(now, Math.max(pods, isStillNamed(view, newRS) ? 1 : 0))),
    );
  }
  const isStableWhole = availableOf(stable) >= facts.replicas;
  const mayGo = isStableWhole && isReleased(view, hashOf(newRS));
  const isDated = newRS.metadata.annotations?.[annotations.scaleDownDeadline] !== undefined;
  if (!mayGo && !isDated) return act(draft, ...scaleTo(facts, newRS, now));
  const delaySeconds = mayGo ? settings.abortScaleDownDelaySeconds : undefined;
  return scaleDownLater(facts, draft, newRS, { delaySeconds, keep: now, rest: 0 });
}

function isStillNamed(view: TrafficView, rs: ReplicaSet): boolean {
  return !isReleased(view, hashOf(rs));
}

function reportPods(facts: Facts, draft: Draft, goal: CanaryGoal): Draft {
  const { newRS } = facts;
  if (newRS === undefined || draft.course.isAborted) return draft;
  const available = availableOf(newRS);
  const wanted = Math.max(goal.pods.canary, specReplicasOf(newRS));
  if (goal.isCapacityReached || available >= wanted) return draft;
  return waitFor(draft, {
    what: `pods of ReplicaSet ${newRS.metadata.name} (${available} of ${wanted} available)`,
    object: objectName(facts, 'ReplicaSet', newRS.metadata.name),
    unblockedBy: 'the pods',
  });
}
