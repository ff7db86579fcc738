import type { ExperimentStep } from '#api/argoproj/canary-step.js';
import { analysisPhases, pauseReasons, rolloutEvents } from '#api/argoproj/words.js';
import { isPromoted, type Course } from '../course.js';
import { act, say, steer, waitFor, type Draft } from '../draft.js';
import { withHash, type Facts } from '../facts.js';
import { abort, pauseFor } from '../orders.js';
import { isInRollbackWindow } from '../rollback-window.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import { buildExperiment, isOfStep } from './build-experiment.js';
import { currentExperiment } from './destinations.js';

/** Brings what is known of the current experiment up to date, and aborts or pauses by how it ended. */
export function judgeExperiment(facts: Facts, draft: Draft): Draft {
  const { course } = draft;
  if (course.experiment === undefined || course.isExperimentDone || isOver(course)) return draft;
  const experiment = currentExperiment(facts, course);
  // One that somebody deleted is started anew.
  if (experiment === undefined || !isOfStep(facts, course, course.experiment)) return forget(draft);
  const { phase, message = '' } = experiment.status ?? {};
  switch (phase) {
    case analysisPhases.successful:
      return steer(draft, { isExperimentDone: true });
    case analysisPhases.failed:
    case analysisPhases.error: {
      const why = message === '' ? '' : `: ${message}`;
      return forget(abort(facts, draft, `Experiment analysis phase is error/failed${why}`));
    }
    case analysisPhases.inconclusive:
      return forget(pauseFor(facts, draft, pauseReasons.inconclusiveExperiment));
    default:
      return draft;
  }
}

function isOver(course: Course): boolean {
  return course.isAborted || course.isPromoteFull || isPromoted(course);
}

function forget(draft: Draft): Draft {
  return steer(draft, { experiment: undefined, isExperimentDone: false });
}

/** Starts the experiment of the current step; when none is wanted the status names none. */
export function runExperiment(facts: Facts, settings: CanarySettings, draft: Draft): Draft {
  const step = wantedStep(facts, settings, draft.course);
  if (step === undefined) return forget(draft);
  const { course } = draft;
  if (course.experiment !== undefined && isOfStep(facts, course, course.experiment)) return draft;
  const hasDoubt = course.pauses.some(({ reason }) => reason.startsWith('Inconclusive'));
  return hasDoubt ? forget(draft) : begin(facts, forget(draft), step);
}

/** A step that was left, by its end or by a person, leaves its experiment. This pass has looked at the traffic. */
export function leaveExperiment(facts: Facts, settings: CanarySettings, before: Draft): Draft {
  const draft = steer(before, { leavingExperiment: undefined });
  const { course } = draft;
  const isHere = course.experiment !== undefined && isOfStep(facts, course, course.experiment);
  return isHere && wantedStep(facts, settings, course) !== undefined ? draft : forget(draft);
}

function wantedStep(facts: Facts, settings: CanarySettings, course: Course): ExperimentStep | undefined {
  const isFast = isInRollbackWindow(facts, withHash(facts, course.stableHash));
  return isOver(course) || isFast ? undefined : settings.steps[course.index ?? 0]?.experiment;
}

function begin(facts: Facts, draft: Draft, step: ExperimentStep): Draft {
  const { course } = draft;
  if (withHash(facts, course.stableHash) === undefined) {
    return waitFor(draft, {
      what: 'a stable ReplicaSet before the experiment can begin',
      unblockedBy: 'the pods',
    });
  }
  const built = buildExperiment(facts, course, step);
  if (!built.ok) {
    const { message } = built;
    const event = { type: 'Warning', reason: rolloutEvents.reconciliationError, message } as const;
    return waitFor(say(draft, event), { what: message, unblockedBy: "the user's manifest" });
  }
  const { experiment, exists } = built.value;
  const { name } = experiment.metadata;
  const known = steer(draft, { experiment: name, isExperimentDone: false });
  const message = `Created Experiment '${name}'`;
  const told = say(known, { type: 'Normal', reason: rolloutEvents.experimentCreated, message });
  return exists ? told : act(told, { kind: 'startExperiment', experiment });
}
