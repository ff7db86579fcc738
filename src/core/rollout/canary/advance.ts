import type { CanaryStep } from '#api/argoproj/rollout.js';
import { pauseReasons } from '#api/argoproj/words.js';
import { isPromoted } from '../course.js';
import { explain, steer, waitFor, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { isHalted, pauseFor, withoutPause } from '../orders.js';
import { stepProgress } from '../steps/index.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import type { CanaryPass } from './pass.js';
import { isTrafficReached } from './promotion.js';

/**
 * A pause that is over ends before anything else is decided, so that the step behind it begins in the same pass: one
 * transition, and no time between them.
 */
export function endPause(facts: Facts, settings: CanarySettings, draft: Draft): Draft {
  const { course } = draft;
  const { index } = course;
  const step = index === undefined ? undefined : settings.steps[index];
  const isSteering = isPromoted(course) || course.isAborted || course.isPromoteFull;
  if (index === undefined || !isOnlyPause(step) || isSteering || isHalted(facts, course)) return draft;
  const context = { facts, course, isCapacityReached: true, isTrafficReached: true }; // a pause asks for neither
  return stepProgress(context, step).done ? endStep({ facts, settings }, draft, index) : draft;
}

/** Ends the current step when it is done, or begins and reports what it waits for. At most one step a pass. */
export function advance(pass: CanaryPass, draft: Draft): Draft {
  const { facts, settings, goal, view } = pass;
  const { course } = draft;
  const { index, endedStep } = course;
  const step = index === undefined ? undefined : settings.steps[index];
  if (endedStep !== undefined)
    return explain(draft, `step ${endedStep + 1} of ${settings.steps.length} is done`);
  if (isPromoted(course)) return explain(draft, 'the current revision is the stable one');
  if (course.isAborted) return explain(draft, 'the update is aborted: traffic goes to the stable revision');
  if (isHalted(facts, course)) return waitForPerson(facts, draft);
  if (step === undefined || index === undefined || course.isPromoteFull) {
    return explain(draft, 'all steps are done: waiting for all pods and the whole traffic');
  }
  const progress = stepProgress(
    {
      facts,
      course,
      isCapacityReached: goal.isCapacityReached,
      isTrafficReached: settings.routing === undefined || isTrafficReached(facts, view),
    },
    step,
  );
  const label = `step ${index + 1} of ${settings.steps.length}`;
  if (progress.done) return explain(endStep(pass, draft, index), `${label} is done`);
  const paused = step.pause === undefined ? draft : pauseFor(facts, draft, pauseReasons.canaryPauseStep);
  return explain(progress.wait === undefined ? paused : waitFor(paused, progress.wait), `in ${label}`);
}

function waitForPerson(facts: Facts, draft: Draft): Draft {
  const [what, because] =
    facts.rollout.spec.paused === true
      ? ['a person to unpause (spec.paused)', 'paused by a person']
      : ['a person to judge an inconclusive analysis', 'paused because an analysis was inconclusive'];
  return explain(waitFor(draft, { what, unblockedBy: 'a person' }), because);
}

/** A pause behind the step begins with its end: both are one transition. */
function endStep(
  { facts, settings }: Pick<CanaryPass, 'facts' | 'settings'>,
  draft: Draft,
  index: number,
): Draft {
  const { course } = draft;
  const pauses = withoutPause(course, pauseReasons.canaryPauseStep);
  const isControllerPause = pauses.length > 0;
  const ended = steer(draft, { index: index + 1, endedStep: index, pauses, isControllerPause });
  // Of two pauses in a row the first is told to be over before the second begins.
  const wasPaused = course.pauses.length > 0 || course.isControllerPause;
  // Whoever sees the pause sees the run that goes on beside it.
  const isRunDue = facts.rollout.spec.strategy?.canary?.analysis?.startingStep === index + 1;
  return wasPaused || isRunDue || !isOnlyPause(settings.steps[index + 1])
    ? ended
    : pauseFor(facts, ended, pauseReasons.canaryPauseStep);
}

function isOnlyPause(step: CanaryStep | undefined): step is CanaryStep {
  return step?.pause !== undefined && Object.keys(step).length === 1;
}
