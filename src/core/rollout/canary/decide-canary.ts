import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { judgeRuns } from '../analysis/judge.js';
import { runCanaryRuns } from '../analysis/canary-runs.js';
import { collectRuns } from '../analysis/run-runs.js';
import { judgeExperiment, leaveExperiment, runExperiment } from '../experiment/run-experiment.js';
import { followReplicas } from '../capacity/follow-replicas.js';
import { explain, steer, type Draft } from '../draft.js';
import { othersThan, specReplicasOf, type Facts } from '../facts.js';
import { endResumption, freshCourse, isHalted } from '../orders.js';
import { judgeDeadline } from '../status/deadline.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import { driveStepPlugins } from '../step-plugins/drive.js';
import { foldStepCalls } from '../step-plugins/fold.js';
import { backendNames, swapped } from '../traffic/backend-names.js';
import { climbTraffic } from '../traffic/climb.js';
import { lookAtTraffic } from '../traffic/look.js';
import { routingMemory } from '../traffic/memory.js';
import { advance, endPause } from './advance.js';
import { climbCapacity } from './capacity.js';
import { canaryGoal } from './goal.js';
import { endIndex, hasChanged, startOver, takeOrders } from './orders.js';
import type { CanaryPass } from './pass.js';
import { isCutOver, whyPromoted } from './promotion.js';

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
  return endResumption(facts, move(facts, settings, endPause(facts, settings, judged)));
}

/** Moves pods and traffic towards the goal of the current step, and ends the step when it is there. */
function move(facts: Facts, settings: CanarySettings, draft: Draft): Draft {
  const { course } = draft;
  const goal = canaryGoal(facts, settings, course);
  const view = lookAtTraffic(facts, course, goal.traffic, backendNames(settings, course));
  const pass: CanaryPass = { facts, settings, goal, view };
  const because = whyPromoted(pass, course);
  if (because !== undefined) {
    // Without a router the pods are the traffic: what is old leaves in the same pass.
    const isBasic = settings.routing === undefined;
    const sized = isBasic ? climbCapacity(pass, draft) : draft;
    if (isBasic && isShrinking(facts, sized))
      return explain(sized, 'the old pods leave, then the revision is stable');
    // Without a router and Services nothing is left to move: to be stable and to be healthy is one transition.
    const isLast = isBasic && settings.stableService === undefined && settings.canaryService === undefined;
    return promote(facts, settings, { ...sized, isCutOver: isLast }, because);
  }
  const memory = routingMemory(facts.rollout.spec.strategy?.canary ?? {});
  const climbed = climbTraffic(facts, draft, view, memory);
  const shifted = { ...climbed, isCutOver: isCutOver(facts, view) };
  // Going back is not held by a pause: the pods that it needs have to come.
  const isFrozen = isHalted(facts, shifted.course) && !shifted.course.isAborted;
  const sized = isFrozen ? followReplicas(facts, settings, shifted) : climbCapacity(pass, shifted);
  const tried = runExperiment(facts, settings, sized);
  const measured = collectRuns(facts, runCanaryRuns(facts, settings, tried));
  const driven = driveStepPlugins(facts, settings.steps, measured);
  return leaveExperiment(facts, settings, advance(pass, driven));
}

/** Pods of other revisions are on their way out: to be stable and to be healthy is one transition when they are gone. */
function isShrinking(facts: Facts, draft: Draft): boolean {
  const isLeaving = (rs: ReplicaSet) => (rs.status?.replicas ?? 0) > specReplicasOf(rs);
  const isSmaller = draft.actions.some(
    (action) => action.kind === 'scaleReplicaSet' && action.to < action.from,
  );
  return isSmaller || othersThan(facts, facts.newRS).some(isLeaving);
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
