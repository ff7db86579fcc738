import { pauseReasons } from '#api/argoproj/words.js';
import { isEqual } from '#core/json/json.js';
import { isPromoted, type Course } from '../course.js';
import { availableOf, withHash, type Facts } from '../facts.js';
import { isHalted } from '../orders.js';
import { isInRollbackWindow } from '../rollback-window.js';
import { isStableDead } from '../traffic/invariants.js';
import type { BackendView, TrafficView } from '../traffic/view.js';
import { isWholeCanary } from './goal.js';
import type { CanaryPass } from './pass.js';

/** Why the new revision may become the stable one now; `undefined` when it may not. */
export function whyPromoted(pass: CanaryPass, course: Course): string | undefined {
  const { facts, settings, goal, view } = pass;
  if (isPromoted(course) || course.isAborted || isHalted(facts, course)) return undefined;
  const available = availableOf(facts.newRS);
  // Without surge the last pod has room only when the one held behind the stable Service may leave.
  const whole = settings.routing === undefined ? Math.min(goal.pods.canary, facts.replicas) : facts.replicas;
  const isFull = course.isPromoteFull || (course.index ?? 0) >= settings.steps.length;
  const isWhole = (isFull && available >= whole) || isWholeCanary(facts, settings, course);
  if (!isWhole || !isTrafficReached(facts, view)) return undefined;
  if (course.isPromoteFull) return 'Full promotion requested';
  if (isInRollbackWindow(facts, withHash(facts, course.stableHash))) return 'Rollback within window';
  // A person who skipped the steps left the pause of one of them behind.
  if (course.pauses.some(({ reason }) => reason !== pauseReasons.canaryPauseStep)) return undefined;
  const isAtEnd = settings.steps.length === 0 || course.index === settings.steps.length;
  return isAtEnd ? `Completed all ${settings.steps.length} canary steps` : undefined;
}

/**
 * The routers say what the goal wants, and every proxy had its time. Always so without a router, and where nothing ever
 * served that traffic could be shifted from.
 */
export function isTrafficReached(facts: Facts, view: TrafficView): boolean {
  const { record, goal } = view;
  const hasNothing = facts.replicas === 0 || isStableDead(facts, view);
  if (view.routers.length === 0 || (record === undefined && hasNothing)) return true;
  if (record === undefined || !view.isTrafficSettled || record.wanted !== goal.weight) return false;
  const names = goal.routes.map((route) => route.name);
  const hasRoutes =
    names.length === record.routes.length && names.every((name) => record.routes.includes(name));
  return hasRoutes && isEqual(goal.additional, record.additional);
}

/** Both Services select what they shall, the weights are there, and every proxy knows. */
export function isCutOver(facts: Facts, view: TrafficView): boolean {
  const { goal } = view;
  const isRight = (backend: BackendView, hash: string | undefined) =>
    backend.service === undefined || (backend.isSettled && backend.isAdopted && backend.hash === hash);
  return (
    isRight(view.stable, goal.stableHash) &&
    isRight(view.canary, goal.canaryHash) &&
    isTrafficReached(facts, view)
  );
}
