import { isPromoted, type Course } from '../course.js';
import { experimentDestinations } from '../experiment/destinations.js';
import { availableOf, servingOf, withHash, type Facts } from '../facts.js';
import { isInRollbackWindow } from '../rollback-window.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import { stepGoal } from '../steps/index.js';
import type { StepGoal } from '../steps/step.js';
import type { TrafficGoal } from '../traffic/view.js';

/** What the pods allow and the step asks for. */
export interface TrafficGoalInput {
  readonly pods: { readonly canary: number; readonly stable: number };
  readonly step: StepGoal;
  /** The pods of the step are there. */
  readonly isCapacityReached: boolean;
  /** The canary has as many available pods as a promoted revision must have. */
  readonly isWhole: boolean;
}

/** Who is to get which share of the traffic in the end of the current step. */
export function trafficGoal(
  facts: Facts,
  settings: CanarySettings,
  course: Course,
  at: TrafficGoalInput,
): TrafficGoal {
  const { stableHash } = course;
  const idle = { stableHash, weight: 0, routes: [], additional: [] };
  if (isPromoted(course)) return { ...idle, canaryHash: stableHash };
  if (stableHash === '') return { ...idle, canaryHash: undefined };
  if (course.isAborted && !course.isPromoteFull) return { ...idle, canaryHash: stableHash };
  const additional = experimentDestinations(facts, course);
  if (availableOf(facts.newRS) === 0) {
    return { ...idle, canaryHash: mayStayEmpty(facts, settings) ? undefined : stableHash, additional };
  }
  const canaryHash = facts.newHash;
  if (isFast(facts, course)) return { ...idle, canaryHash, weight: rampWeight(facts, settings, at) };
  if (settings.steps.length === 0) return { ...idle, canaryHash };
  const index = course.index ?? 0;
  if (index >= settings.steps.length) return { ...idle, canaryHash, weight: lastWeight(settings, at) };
  // A canary without pods gets nothing, and its Service goes back to pods that are there.
  if (at.pods.canary === 0) return { ...idle, canaryHash: stableHash, additional };
  return { stableHash, canaryHash, ...steppingGoal(facts, settings, index, at), additional };
}

/** A canary Service may go on selecting pods that are not ready: it costs nobody but those that would go there. */
function mayStayEmpty(facts: Facts, { routing }: CanarySettings): boolean {
  return (
    routing !== undefined &&
    !facts.snapshot.routers.some(({ capabilities }) => capabilities.needsEveryBackend === true)
  );
}

/** A person, or the rollback window, takes the steps out of the way. */
export function isFast(facts: Facts, course: Course): boolean {
  return course.isPromoteFull || isInRollbackWindow(facts, withHash(facts, course.stableHash));
}

/** As much as the pods that are there can carry, whatever the steps said. */
function rampWeight(facts: Facts, { maxWeight }: CanarySettings, { isWhole }: TrafficGoalInput): number {
  if (isWhole || facts.replicas === 0) return maxWeight;
  return Math.min(maxWeight, Math.floor((maxWeight * servingOf(facts.newRS)) / facts.replicas));
}

/** Behind the last step its weight holds until the canary is whole. */
function lastWeight({ steps, maxWeight }: CanarySettings, { isWhole }: TrafficGoalInput): number {
  return isWhole ? maxWeight : stepGoal(steps, steps.length - 1).weight;
}

function steppingGoal(
  facts: Facts,
  settings: CanarySettings,
  index: number,
  { step, isCapacityReached }: TrafficGoalInput,
): Pick<TrafficGoal, 'weight' | 'routes'> {
  if (isCapacityReached) return { weight: step.weight, routes: ordered(facts, settings, step.routes) };
  const before = stepGoal(settings.steps, index - 1);
  const still = before.routes.filter(({ name }) => step.routes.some((route) => route.name === name));
  return { weight: Math.min(before.weight, step.weight), routes: ordered(facts, settings, still) };
}

/** In the order of `managedRoutes`, which is their precedence. The first revision has nobody to be told apart from. */
function ordered(
  facts: Facts,
  settings: CanarySettings,
  routes: TrafficGoal['routes'],
): TrafficGoal['routes'] {
  if (facts.revision <= 1) return [];
  const names = (settings.routing?.managedRoutes ?? []).map((route) => route.name);
  return routes.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}
