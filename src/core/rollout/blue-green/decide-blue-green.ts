import type { RolloutAnalysis } from '#api/argoproj/rollout.js';
import { analysisPhases, pauseReasons } from '#api/argoproj/words.js';
import { judgeRuns } from '../analysis/judge.js';
import { collectRuns, runRuns, type WantedRuns } from '../analysis/run-runs.js';
import { isPromoted, type Course, type RunRole } from '../course.js';
import { explain, steer, waitFor, type Draft } from '../draft.js';
import { availableOf, type Facts } from '../facts.js';
import { abort, freshCourse, isHalted, pauseFor, withoutPause } from '../orders.js';
import { judgeDeadline } from '../status/deadline.js';
import { climbTraffic } from '../traffic/climb.js';
import { lookAtTraffic } from '../traffic/look.js';
import { selectorHash, type TrafficView } from '../traffic/view.js';
import { sizeBlueGreen } from './capacity.js';
import type { BlueGreenSettings } from './settings.js';
import { activeTarget, isFastRollback, switchFacts, type SwitchFacts } from './switch.js';

/** One pass of a blue-green release whose ReplicaSet exists. */
export function decideBlueGreen(facts: Facts, settings: BlueGreenSettings, draft: Draft): Draft {
  const isNew = draft.course.currentPodHash !== facts.newHash;
  const begun = isNew ? startOver(facts, draft) : draft;
  if (isNew && draft.course.stableHash !== '') return begun;
  const judged = judgeDeadline(facts, judgeRuns(facts, takeOrders(facts, begun)));
  const activeHash = selectorHash(facts.snapshot.services[settings.activeService]);
  const paused = decidePause(facts, settings, judged, activeHash);
  const at = switchFacts(facts, settings, paused.course, activeHash);
  const view = lookAtServices(facts, settings, paused.course, at);
  const because = whyPromoted(facts, settings, paused.course, view);
  if (because !== undefined) return promote(facts, paused, because);
  const switched = { ...climbTraffic(facts, paused, view), isCutOver: isCutOver(facts, view) };
  const sized = sizeBlueGreen(facts, settings, switched, at, view);
  const measured = collectRuns(facts, runBlueGreenRuns(facts, settings, sized, at, view));
  return report(facts, settings, measured, at);
}

function startOver(facts: Facts, draft: Draft): Draft {
  const begun = steer(draft, {
    ...freshCourse,
    currentPodHash: facts.newHash,
    currentStepHash: '',
    index: undefined,
    isPreviewCheckPointPassed: false,
    restartedAt: facts.rollout.spec.restartAt,
  });
  if (begun.course.stableHash === '') return promote(facts, begun, 'Initial deploy');
  return explain(begun, 'a new template: the new pods are prepared beside the active ones');
}

function promote(facts: Facts, draft: Draft, because: string): Draft {
  const { pre, post } = draft.course.runs;
  const runs = { ...(pre === undefined ? {} : { pre }), ...(post === undefined ? {} : { post }) };
  const promoted = steer(draft, {
    ...freshCourse,
    runs,
    isPreviewCheckPointPassed: false,
    stableHash: facts.newHash,
    promotedBecause: because,
  });
  return explain(promoted, `revision ${facts.revision} is stable now: ${because}`);
}

function takeOrders(facts: Facts, draft: Draft): Draft {
  const { course } = draft;
  if (isPromoted(course)) {
    return steer(draft, { isAborted: false, abortedAt: undefined, isPromoteFull: false });
  }
  if (course.isPromoteFull) {
    return steer(draft, { pauses: [], isControllerPause: false, isAborted: false, abortedAt: undefined });
  }
  if (course.isAborted) return abort(facts, draft, undefined);
  return course.abortedAt === undefined
    ? draft
    : steer(draft, { abortedAt: undefined, runs: {}, isPreviewCheckPointPassed: false });
}

/** Adds the pause before the switch when its time has come, and takes it away when nothing waits for it any more. */
function decidePause(facts: Facts, settings: BlueGreenSettings, draft: Draft, activeHash: string): Draft {
  const { course } = draft;
  const at = switchFacts(facts, settings, course, activeHash);
  if (course.isAborted || isHalted(facts, course)) return draft;
  if (at.isFastTracked || isPromoted(course)) {
    const pauses = withoutPause(course, pauseReasons.blueGreenPause);
    return steer(draft, { pauses, isControllerPause: pauses.length > 0 });
  }
  const { previewReplicas } = settings;
  const isPreviewDone = previewReplicas !== undefined && availableOf(facts.newRS) === previewReplicas;
  if (isPreviewDone && at.isPreAnalysisPassed && at.isPauseOver) {
    return steer(draft, {
      isPreviewCheckPointPassed: true,
      pauses: withoutPause(course, pauseReasons.blueGreenPause),
    });
  }
  if (!at.isPauseNeeded || !at.isNewReady || !at.isPreAnalysisPassed || at.isPauseOver) return draft;
  return pauseFor(facts, draft, pauseReasons.blueGreenPause);
}

function lookAtServices(
  facts: Facts,
  settings: BlueGreenSettings,
  course: Course,
  at: SwitchFacts,
): TrafficView {
  const isHeld = isHalted(facts, course) || availableOf(facts.newRS) === 0;
  const goal = {
    stableHash: activeTarget(facts, course, at),
    // The peer points the preview at once, and so at nothing until the first pod is there.
    canaryHash: isHeld ? undefined : facts.newHash,
    weight: 0,
    routes: [],
  };
  return lookAtTraffic(facts, course, goal, {
    stable: settings.activeService,
    canary: settings.previewService,
  });
}

function isCutOver(facts: Facts, { stable }: TrafficView): boolean {
  return stable.hash === facts.newHash && stable.isAdopted && stable.isSettled;
}

/** Why the new revision may become the stable one now; `undefined` when it may not. */
function whyPromoted(
  facts: Facts,
  settings: BlueGreenSettings,
  course: Course,
  view: TrafficView,
): string | undefined {
  if (isPromoted(course) || !isCutOver(facts, view)) return undefined;
  if (course.isPromoteFull) return 'Full promotion requested';
  if (isFastRollback(facts, course)) return 'Fast rollback';
  if (course.isAborted || isHalted(facts, course)) return undefined;
  const isVerified =
    settings.postAnalysis === undefined || course.runs.post?.status === analysisPhases.successful;
  return isVerified ? 'Completed blue-green update' : undefined;
}

function runBlueGreenRuns(
  facts: Facts,
  settings: BlueGreenSettings,
  draft: Draft,
  at: SwitchFacts,
  view: TrafficView,
): Draft {
  const { course } = draft;
  const kept: readonly RunRole[] = ['pre', 'post'];
  const isOver =
    isPromoted(course) || course.isAborted || course.isPromoteFull || isFastRollback(facts, course);
  if (isOver || isHalted(facts, course))
    return runRuns(facts, draft, isOver ? {} : current(settings, course), kept);
  const isActive = at.activeHash === facts.newHash;
  const isPrepared = at.isNewReady && !isActive && at.activeHash !== '';
  const isSwitched = isActive && at.isNewSaturated && isCutOver(facts, view);
  return runRuns(
    facts,
    draft,
    {
      ...member('pre', isPrepared || isUnfinished(course, 'pre') ? settings.preAnalysis : undefined),
      ...member('post', isSwitched || isUnfinished(course, 'post') ? settings.postAnalysis : undefined),
    },
    kept,
  );
}

function isUnfinished(course: Course, role: RunRole): boolean {
  const status = course.runs[role]?.status;
  return status === analysisPhases.pending || status === analysisPhases.running;
}

/** While people think, runs go on and none begins. */
function current(settings: BlueGreenSettings, course: Course): WantedRuns {
  return {
    ...member('pre', course.runs.pre === undefined ? undefined : settings.preAnalysis),
    ...member('post', course.runs.post === undefined ? undefined : settings.postAnalysis),
  };
}

function member(role: RunRole, analysis: RolloutAnalysis | undefined): WantedRuns {
  return analysis === undefined ? {} : { [role]: analysis };
}

function report(facts: Facts, settings: BlueGreenSettings, draft: Draft, at: SwitchFacts): Draft {
  const { course } = draft;
  if (isPromoted(course)) return explain(draft, 'the current revision is the stable one');
  if (course.isAborted)
    return explain(draft, 'the update is aborted: the active Service goes to the stable revision');
  if (facts.rollout.spec.paused === true) {
    return explain(
      waitFor(draft, { what: 'a person to unpause (spec.paused)', unblockedBy: 'a person' }),
      'paused by a person',
    );
  }
  if (course.pauses.length > 0) {
    const until = at.pauseEndsAt;
    const wait =
      until === undefined
        ? { what: 'a person to promote or abort', unblockedBy: 'a person' }
        : { what: 'the pause before the switch to end', until, unblockedBy: 'time' };
    return explain(waitFor(draft, wait), 'paused before the switch');
  }
  const role = isUnfinished(course, 'pre') ? 'pre' : isUnfinished(course, 'post') ? 'post' : undefined;
  const run = role === undefined ? undefined : course.runs[role];
  if (run !== undefined) {
    const object = `AnalysisRun/${facts.rollout.metadata.namespace ?? ''}/${run.name}`;
    return explain(
      waitFor(draft, { what: `AnalysisRun ${run.name} to end`, object, unblockedBy: 'the gate' }),
      `waits for the ${role === 'pre' ? 'pre' : 'post'}-promotion analysis`,
    );
  }
  return explain(
    draft,
    at.isNewSaturated ? `switches Service ${settings.activeService}` : 'waits for the new pods',
  );
}
