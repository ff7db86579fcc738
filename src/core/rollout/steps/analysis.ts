import { analysisPhases } from '#api/argoproj/words.js';
import { stepDone, type StepKind } from './step.js';

/** Waits for an AnalysisRun of its own to be successful. Failure and doubt are judged by the analysis phase. */
export const analysis: StepKind<'analysis'> = {
  key: 'analysis',
  words: () => 'analysis',
  progress: ({ course, facts }, value) => {
    if ((value.templates ?? []).length === 0) return stepDone;
    const run = course.runs.step;
    if (run?.status === analysisPhases.successful) return stepDone;
    if (run === undefined) return { done: false };
    return {
      done: false,
      wait: {
        what: `AnalysisRun ${run.name} to end`,
        object: `AnalysisRun/${facts.rollout.metadata.namespace ?? ''}/${run.name}`,
        unblockedBy: 'the gate',
      },
    };
  },
};
