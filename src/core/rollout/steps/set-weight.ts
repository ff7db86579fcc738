import { stepDone, stepOpen, type StepKind } from './step.js';

/** Gives the canary a share of the traffic; done when its pods and the router are there. */
export const setWeight: StepKind<'setWeight'> = {
  key: 'setWeight',
  words: (weight) => `setWeight: ${weight}`,
  goal: (before, weight) => ({ ...before, weight }),
  progress: (context) => (context.isCapacityReached && context.isTrafficReached ? stepDone : stepOpen),
};
