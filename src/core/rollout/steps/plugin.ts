import { isStepOver } from '../step-plugins/entries.js';
import { stepDone, stepOpen, type StepKind } from './step.js';

/** A program or endpoint of the user says when the step is done; who asks it is `step-plugins/drive.ts`. */
export const plugin: StepKind<'plugin'> = {
  key: 'plugin',
  words: ({ name }) => `plugin: ${name}`,
  progress: ({ course }) => {
    const { index } = course;
    return index !== undefined && isStepOver(course.stepPlugins, index) ? stepDone : stepOpen;
  },
};
