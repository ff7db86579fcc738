import { analysisPhases, annotations } from '#api/argoproj/words.js';
import { parseInstant } from '#core/time/instant.js';
import { judgeRuns } from '../analysis/judge.js';
import { collectRuns } from '../analysis/run-runs.js';
import { setDeadline } from '../capacity/scale.js';
import { isPromoted, type Course } from '../course.js';
import { act, explain, steer, type Draft } from '../draft.js';
import { withHash, type Facts } from '../facts.js';
import { abort, freshCourse, isHalted, settleOrders } from '../orders.js';
import { isInRollbackWindow } from '../rollback-window.js';
import { judgeDeadline } from '../status/deadline.js';
import { selectorHash } from '../traffic/view.js';
import { sizeBlueGreen } from './capacity.js';
import { decidePause } from './pause.js';
import { report } from './report.js';
import { runBlueGreenRuns } from './runs.js';
import { isCutOver, lookAtServices, moveServices } from './services.js';
import type { BlueGreenSettings } from './settings.js';
import { isFastRollback } from './switch.js';

/** One pass of a blue-green release whose ReplicaSet exists. */
export function decideBlueGreen(facts: Facts, settings: BlueGreenSettings, draft: Draft): Draft {
  const isNew = hasChanged(facts, draft.course);
  const begun = isNew ? startOver(facts, draft) : draft;
  if (isNew && draft.course.stableHash !== '') return begun;
  const judged = judgeDeadline(facts, judgeRuns(facts, takeOrders(facts, begun)));
  const activeHash = selectorHash(facts.snapshot.services[settings.activeService]);
  const { draft: paused, at } = decidePause(facts, settings, judged, activeHash);
  const view = lookAtServices(facts, settings, paused.course, at);
  const isOver = isCutOver(facts, view);
  const because = isOver ? whyPromoted(facts, settings, paused.course) : undefined;
  if (because !== undefined) return { ...promote(facts, paused, because), isCutOver: true };
  const switched = { ...moveServices(facts, paused, view), isCutOver: isOver };
  const sized = sizeBlueGreen(facts, settings, switched, at, view);
  const measured = collectRuns(facts, runBlueGreenRuns(facts, settings, sized, at, isOver));
  return report(facts, settings, measured, at);
}

/** Another template, or a canary until now, whose pauses and runs mean nothing here. */
function hasChanged({ newHash }: Facts, { currentPodHash, currentStepHash }: Course): boolean {
  return currentPodHash !== newHash || currentStepHash !== '';
}

/** Forgets what the way of another template remembered; without a stable revision this one is it. */
export function startOver(facts: Facts, draft: Draft): Draft {
  const begun = steer(draft, {
    ...freshCourse,
    currentPodHash: facts.newHash,
    currentStepHash: '',
    index: undefined,
    isPreviewCheckPointPassed: false,
    restartedAt: facts.rollout.spec.restartAt,
  });
  if (begun.course.stableHash === '') return promote(facts, begun, 'Initial deploy');
  const forgotten = act(begun, ...forgetDeadline(facts));
  return explain(forgotten, 'a new template: the new pods are prepared beside the active ones');
}

/** What makes an update a fast rollback counts at its beginning: a deadline that has passed counts no more. */
function forgetDeadline({ newRS, now }: Facts): ReturnType<typeof setDeadline> {
  const deadline = parseInstant(newRS?.metadata.annotations?.[annotations.scaleDownDeadline]);
  return newRS === undefined || deadline === undefined || deadline > now ? [] : setDeadline(newRS, null);
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
  const settled = settleOrders(draft);
  const { course } = settled;
  if (course.isAborted) return abort(facts, settled, undefined);
  if (isPromoted(course) || course.isPromoteFull || course.abortedAt === undefined) return settled;
  // A retry takes the flag away and leaves the moment: pause and analyses are asked anew.
  return steer(settled, { abortedAt: undefined, runs: {}, isPreviewCheckPointPassed: false });
}

/** Why the new revision, which is active now, may become the stable one; `undefined` when it may not. */
function whyPromoted(facts: Facts, settings: BlueGreenSettings, course: Course): string | undefined {
  if (isPromoted(course) || course.isAborted) return undefined;
  if (course.isPromoteFull) return 'Full promotion requested';
  if (isInRollbackWindow(facts, withHash(facts, course.stableHash))) return 'Rollback within window';
  // By its own kept pods: the peer has taken the deadline away by now and says the same.
  if (isFastRollback(facts, course)) return 'Completed blue-green update';
  if (isHalted(facts, course)) return undefined;
  const isVerified =
    settings.postAnalysis === undefined || course.runs.post?.status === analysisPhases.successful;
  return isVerified ? 'Completed blue-green update' : undefined;
}
