import type { CanaryStep } from '#api/argoproj/rollout.js';
import { pauseReasons } from '#api/argoproj/words.js';
import { isPromoted } from '../course.js';
import { explain, steer, waitFor, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { isHalted, pauseFor, withoutPause } from '../orders.js';
import { stepProgress } from '../steps/index.js';
import type { CanaryPass } from './pass.js';
import { isTrafficReached } from './promotion.js';

/** Ends the current step when it is done, or begins and reports what it waits for. At most one step a pass. */
export function advance(pass: CanaryPass, draft: Draft): Draft {
  const { facts, settings, goal, view } = pass;
  const { course } = draft;
  const { index } = course;
  const step = index === undefined ? undefined : settings.steps[index];
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
function endStep({ facts, settings }: CanaryPass, draft: Draft, index: number): Draft {
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

function isOnlyPause(step: CanaryStep | undefined): boolean {
  return step?.pause !== undefined && Object.keys(step).length === 1;
}
