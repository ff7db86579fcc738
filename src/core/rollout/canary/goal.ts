import { basicSizes } from '../capacity/basic-sizes.js';
import { basicSplit } from '../capacity/basic-split.js';
import { carriesItsShare } from '../capacity/newcomers.js';
import { isPromoted, type Course } from '../course.js';
import { availableOf, othersThan, specReplicasOf, withHash, type Facts } from '../facts.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import { stepGoal } from '../steps/index.js';
import type { StepGoal } from '../steps/step.js';
import type { TrafficGoal } from '../traffic/view.js';
import { isFast, trafficGoal } from './traffic-goal.js';

/** What a canary is to look like in the end of its current step. */
export interface CanaryGoal {
  /** Pods of the new and of the stable ReplicaSet. */
  readonly pods: { readonly canary: number; readonly stable: number };
  /** The pods are there: the gate of weights and of steps that wait for pods. */
  readonly isCapacityReached: boolean;
  readonly traffic: TrafficGoal;
  readonly step: StepGoal;
}

/** The goal of the current step; it knows nothing of how to get there. */
export function canaryGoal(facts: Facts, settings: CanarySettings, course: Course): CanaryGoal {
  const step = currentStepGoal(settings, course);
  const pods = podsGoal(facts, settings, course, step);
  const isCapacityReached = hasPods(facts, settings, course, pods);
  const isWhole = isWholeCanary(facts, settings, course);
  const traffic = trafficGoal(facts, settings, course, { pods, step, isCapacityReached, isWhole });
  return { pods, isCapacityReached, step, traffic };
}

/** The canary runs with the whole weight by its steps, by order of a person, or because nothing else is stable. */
function isFull(course: Course): boolean {
  return course.isPromoteFull || course.stableHash === '' || isPromoted(course);
}

function currentStepGoal(settings: CanarySettings, course: Course): StepGoal {
  const full: StepGoal = { weight: settings.maxWeight, scale: undefined, routes: [] };
  if (isFull(course)) return full;
  if (course.isAborted) return { weight: 0, scale: undefined, routes: [] };
  const { index } = course;
  if (index === undefined || index >= settings.steps.length) return full;
  return stepGoal(settings.steps, index);
}

/** Pods of a canary of this size, raised to the least that a ReplicaSet in use must have. */
export function podsForWeight(settings: CanarySettings, replicas: number, weight: number): number {
  const pods = Math.ceil((weight * replicas) / settings.maxWeight);
  return pods === 0 ? 0 : Math.max(pods, Math.min(settings.minPods, replicas));
}

function podsGoal(
  facts: Facts,
  settings: CanarySettings,
  course: Course,
  step: StepGoal,
): CanaryGoal['pods'] {
  const { replicas } = facts;
  const stable = withHash(facts, course.stableHash);
  if (stable === undefined || isPromoted(course)) return { canary: replicas, stable: 0 };
  if (settings.routing === undefined) {
    return basicPods(settings, replicas, step.weight);
  }
  const { scale } = step;
  // Somebody must be behind a header or mirror route, whatever the weight says.
  const least = step.routes.length > 0 ? 1 : 0;
  const canary =
    scale === undefined
      ? podsForWeight(settings, replicas, step.weight)
      : 'replicas' in scale
        ? scale.replicas
        : podsForWeight(settings, replicas, scale.weight);
  // Without steps no weight is moved before the switch: until then stable carries everything.
  const share = settings.steps.length === 0 && !isFast(facts, course) ? 0 : step.weight;
  const rest = settings.isDynamicStableScale
    ? podsForWeight(settings, replicas, settings.maxWeight - share)
    : replicas;
  return { canary: Math.max(canary, least), stable: rest };
}

/** By numbers of pods. A stable Service keeps a pod of its revision until it was moved, if the bounds leave one room. */
function basicPods(settings: CanarySettings, replicas: number, weight: number): CanaryGoal['pods'] {
  const split = basicSplit(replicas, weight, settings.maxWeight, settings.maxSurge > 0);
  const isHeld = settings.stableService !== undefined && split.stable === 0 && replicas > 0;
  const most = replicas + settings.maxSurge;
  return isHeld && most > 1 ? { canary: Math.min(split.canary, most - 1), stable: 1 } : split;
}

/** Whether a ReplicaSet has enough available pods to count as being at a size. */
function meetsThreshold(settings: CanarySettings, available: number, spec: number, target: number): boolean {
  const threshold = settings.progressThreshold;
  if (threshold === undefined) return spec === target && available === target;
  if (threshold.type === 'Pods') return available >= threshold.value;
  return target === 0 || (available / target) * 100 >= threshold.value;
}

/**
 * The pods of the goal are there. Without a router it is the next rung on the way to it that counts: the last one, unless a threshold
 * lets the step end before all pods of the rung are ready.
 */
function hasPods(
  facts: Facts,
  settings: CanarySettings,
  course: Course,
  wanted: CanaryGoal['pods'],
): boolean {
  const { newRS } = facts;
  const stable = withHash(facts, course.stableHash);
  if (newRS === undefined) return false;
  const isBasic = settings.routing === undefined;
  const target = isBasic ? basicSizes(facts, settings, course.stableHash, wanted) : wanted;
  const isReached =
    meetsThreshold(settings, availableOf(newRS), specReplicasOf(newRS), target.canary) ||
    (!isBasic &&
      carriesItsShare(facts, { rs: newRS, size: target.canary }, { rs: stable, size: target.stable }));
  if (!isReached) return false;
  if (stable !== undefined && stable !== newRS && !settings.isDynamicStableScale) {
    const isThere =
      specReplicasOf(stable) === target.stable && (stable.status?.replicas ?? 0) === target.stable;
    if (!isThere) return false;
  }
  if (!isBasic) return true;
  return othersThan(facts, newRS, stable).every((rs) => availableOf(rs) === 0);
}

/** The canary has as many available pods as a promoted revision must have, or as the stable one has while replicas change. */
export function isWholeCanary(facts: Facts, settings: CanarySettings, course: Course): boolean {
  const available = availableOf(facts.newRS);
  const size = facts.replicas;
  const isEnough =
    settings.progressThreshold !== undefined && meetsThreshold(settings, available, available, size);
  const stable = withHash(facts, course.stableHash);
  const isRestless =
    settings.routing !== undefined && !settings.isDynamicStableScale && stable !== facts.newRS;
  return (
    available >= size ||
    isEnough ||
    (isRestless && carriesItsShare(facts, { rs: facts.newRS, size }, { rs: stable, size }))
  );
}
