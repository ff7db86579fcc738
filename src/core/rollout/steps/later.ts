import type { StepKind } from './step.js';

/** This version of Sluice runs no experiments: the release holds here, visibly, and never skips the step. */
export const experiment: StepKind<'experiment'> = {
  key: 'experiment',
  words: () => 'experiment',
  progress: () => ({
    done: false,
    wait: {
      what: 'an experiment step, which this version does not run; skip it with `sluice promote` or abort',
      unblockedBy: 'a person',
    },
  }),
};

/** Step plugins are separate programs that this version does not start: the release holds here, visibly. */
export const plugin: StepKind<'plugin'> = {
  key: 'plugin',
  words: ({ name }) => `plugin: ${name}`,
  progress: (_context, { name }) => ({
    done: false,
    wait: {
      what: `the step plugin ${name}, which this version does not run; skip it with \`sluice promote\` or abort`,
      unblockedBy: 'a person',
    },
  }),
};
