import { pauseReasons } from '#api/argoproj/words.js';
import { judgeRuns } from '../analysis/judge.js';
import { runCanaryRuns } from '../analysis/canary-runs.js';
import { collectRuns } from '../analysis/run-runs.js';
import { isEqual } from '#core/json/json.js';
import { judgeExperiment, leaveExperiment, runExperiment } from '../experiment/run-experiment.js';
import { followReplicas } from '../capacity/follow-replicas.js';
import { isPromoted, type Course } from '../course.js';
import { explain, steer, waitFor, type Draft } from '../draft.js';
import { availableOf, withHash, type Facts } from '../facts.js';
import { endResumption, freshCourse, isHalted, pauseFor, withoutPause } from '../orders.js';
import { judgeDeadline } from '../status/deadline.js';
import { isInRollbackWindow } from '../rollback-window.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import { driveStepPlugins } from '../step-plugins/drive.js';
import { foldStepCalls } from '../step-plugins/fold.js';
import { stepProgress } from '../steps/index.js';
import { backendNames, swapped } from '../traffic/backend-names.js';
import { climbTraffic } from '../traffic/climb.js';
import { isStableDead } from '../traffic/invariants.js';
import { lookAtTraffic } from '../traffic/look.js';
import { routingMemory } from '../traffic/memory.js';
import type { BackendView, TrafficView } from '../traffic/view.js';
import { climbCapacity } from './capacity.js';
import { canaryGoal, isWholeCanary, type CanaryGoal } from './goal.js';
import { endIndex, hasChanged, startOver, takeOrders } from './orders.js';

/** One pass of a canary whose ReplicaSet exists. */
export function decideCanary(facts: Facts, settings: CanarySettings, draft: Draft): Draft {
  const isNew = hasChanged(facts, draft.course);
  const begun = isNew ? startOver(facts, settings, draft) : draft;
  if (begun.course.stableHash === '') {
    return move(facts, settings, promote(facts, settings, begun, 'Initial deploy'));
  }
  if (isNew) return explain(begun, 'a new template or new steps: the way begins anew');
  const ordered = takeOrders(facts, settings, begun);
  const judged = judgeDeadline(
    facts,
    foldStepCalls(facts, judgeExperiment(facts, judgeRuns(facts, ordered))),
  );
  return endResumption(facts, move(facts, settings, judged));
}

/** Moves pods and traffic towards the goal of the current step, and ends the step when it is there. */
function move(facts: Facts, settings: CanarySettings, draft: Draft): Draft {
  const { course } = draft;
  const goal = canaryGoal(facts, settings, course);
  const view = lookAtTraffic(facts, course, goal.traffic, backendNames(settings, course));
  const because = whyPromoted(facts, settings, course, goal, view);
  if (because !== undefined) {
    // Without a router the pods are the traffic: what is old leaves in the same pass.
    const isBasic = settings.routing === undefined;
    const sized = isBasic ? climbCapacity(facts, settings, draft, goal, view) : draft;
    return promote(facts, settings, sized, because);
  }
  const memory = routingMemory(facts.rollout.spec.strategy?.canary ?? {});
  const climbed = climbTraffic(facts, draft, view, memory);
  const shifted = { ...climbed, isCutOver: isCutOver(facts, view) };
  // Going back is not held by a pause: the pods that it needs have to come.
  const isFrozen = isHalted(facts, shifted.course) && !shifted.course.isAborted;
  const sized = isFrozen
    ? followReplicas(facts, settings, shifted)
    : climbCapacity(facts, settings, shifted, goal, view);
  const tried = runExperiment(facts, settings, sized);
  const measured = collectRuns(facts, runCanaryRuns(facts, settings, tried));
  const driven = driveStepPlugins(facts, settings.steps, measured);
  return leaveExperiment(facts, settings, advance(facts, settings, driven, goal, view));
}

function promote(facts: Facts, settings: CanarySettings, draft: Draft, because: string): Draft {
  const promoted = steer(draft, {
    ...freshCourse,
    ...swapped(settings, draft.course),
    index: endIndex(settings),
    stableHash: facts.newHash,
    promotedBecause: because,
  });
  return explain(promoted, `revision ${facts.revision} is stable now: ${because}`);
}

/** Why the new revision may become the stable one now; `undefined` when it may not. */
function whyPromoted(
  facts: Facts,
  settings: CanarySettings,
  course: Course,
  goal: CanaryGoal,
  view: TrafficView,
): string | undefined {
  if (isPromoted(course) || course.isAborted || isHalted(facts, course)) return undefined;
  const available = availableOf(facts.newRS);
  // Without surge the last pod has room only when the one held behind the stable Service may leave.
  const whole = settings.routing === undefined ? Math.min(goal.pods.canary, facts.replicas) : facts.replicas;
  const isFull = course.isPromoteFull || (course.index ?? 0) >= settings.steps.length;
  const isWhole = (isFull && available >= whole) || isWholeCanary(facts, settings, course);
  if (!isWhole || !isTrafficReached(facts, view)) return undefined;
  if (course.isPromoteFull) return 'Full promotion requested';
  if (isInRollbackWindow(facts, withHash(facts, course.stableHash))) return 'Rollback within window';
  if (course.pauses.length > 0) return undefined;
  const isAtEnd = settings.steps.length === 0 || course.index === settings.steps.length;
  return isAtEnd ? `Completed all ${settings.steps.length} canary steps` : undefined;
}

/**
 * The routers say what the goal wants, and every proxy had its time. Always so without a router, and where nothing ever
 * served that traffic could be shifted from.
 */
function isTrafficReached(facts: Facts, view: TrafficView): boolean {
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
function isCutOver(facts: Facts, view: TrafficView): boolean {
  const { goal } = view;
  const isRight = (backend: BackendView, hash: string | undefined) =>
    backend.service === undefined || (backend.isSettled && backend.isAdopted && backend.hash === hash);
  return (
    isRight(view.stable, goal.stableHash) &&
    isRight(view.canary, goal.canaryHash) &&
    isTrafficReached(facts, view)
  );
}

/** Ends the current step when it is done, or begins and reports what it waits for. At most one step a pass. */
function advance(
  facts: Facts,
  settings: CanarySettings,
  draft: Draft,
  goal: CanaryGoal,
  view: TrafficView,
): Draft {
  const { course } = draft;
  if (isPromoted(course)) return explain(draft, 'the current revision is the stable one');
  if (course.isAborted) return explain(draft, 'the update is aborted: traffic goes to the stable revision');
  const { index } = course;
  const step = index === undefined ? undefined : settings.steps[index];
  if (facts.rollout.spec.paused === true) {
    return explain(
      waitFor(draft, { what: 'a person to unpause (spec.paused)', unblockedBy: 'a person' }),
      'paused by a person',
    );
  }
  if (isHalted(facts, course)) {
    return explain(
      waitFor(draft, { what: 'a person to judge an inconclusive analysis', unblockedBy: 'a person' }),
      'paused because an analysis was inconclusive',
    );
  }
  if (step === undefined || index === undefined || course.isPromoteFull) {
    return explain(draft, 'all steps are done: waiting for all pods and the whole traffic');
  }
  const context = {
    facts,
    course,
    isCapacityReached: goal.isCapacityReached,
    isTrafficReached: settings.routing === undefined || isTrafficReached(facts, view),
  };
  const progress = stepProgress(context, step);
  const label = `step ${index + 1} of ${settings.steps.length}`;
  if (progress.done) {
    const pauses = withoutPause(course, pauseReasons.canaryPauseStep);
    return explain(
      steer(draft, { index: index + 1, endedStep: index, pauses, isControllerPause: pauses.length > 0 }),
      `${label} is done`,
    );
  }
  const paused = step.pause === undefined ? draft : pauseFor(facts, draft, pauseReasons.canaryPauseStep);
  return explain(progress.wait === undefined ? paused : waitFor(paused, progress.wait), `in ${label}`);
}
