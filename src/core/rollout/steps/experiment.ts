import type { ExperimentStep } from '#api/argoproj/canary-step.js';
import { rolloutConditions } from '#api/argoproj/words.js';
import type { Wait } from '#core/decision/decision.js';
import { currentExperiment } from '../experiment/destinations.js';
import { stepDone, type StepContext, type StepKind } from './step.js';

/** Waits for an Experiment of its own to be successful. Failure and doubt are judged by the experiment phase. */
export const experiment: StepKind<'experiment'> = {
  key: 'experiment',
  words: () => 'experiment',
  progress: (context, value) => {
    const { course } = context;
    if (course.isExperimentDone) return stepDone;
    if (course.experiment === undefined) return { done: false };
    return { done: false, wait: waitFor(context, course.experiment, value) };
  },
};

function waitFor({ facts, course }: StepContext, name: string, step: ExperimentStep): Wait {
  const found = currentExperiment(facts, course);
  const object = `Experiment/${facts.rollout.metadata.namespace ?? ''}/${name}`;
  const invalid = found?.status?.conditions?.find(({ type }) => type === rolloutConditions.invalidSpec);
  if (invalid !== undefined) {
    return {
      what: `Experiment ${name}: ${invalid.message ?? ''}`,
      object,
      unblockedBy: "the user's manifest",
    };
  }
  const isRunning = found?.status?.availableAt !== undefined;
  const unserved = step.templates.find(
    ({ name: template, weight }) =>
      weight !== undefined &&
      found?.status?.templateStatuses?.find((status) => status.name === template)?.serviceName === undefined,
  );
  const why =
    isRunning && unserved !== undefined ? `, whose template ${unserved.name} has no port to route to` : '';
  return { what: `Experiment ${name} to end${why}`, object, unblockedBy: 'the gate' };
}
