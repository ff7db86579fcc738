import { stepDone, stepOpen, type StepKind } from './step.js';

/** Sizes the canary apart from its weight until a later step says that it follows the weight again. */
export const setCanaryScale: StepKind<'setCanaryScale'> = {
  key: 'setCanaryScale',
  words: (scale) => {
    if (scale.weight !== undefined) return `setCanaryScale{weight: ${scale.weight}}`;
    if (scale.matchTrafficWeight === true) return 'setCanaryScale{matchTrafficWeight: true}';
    return scale.replicas === undefined ? 'invalid' : `setCanaryScale{replicas: ${scale.replicas}}`;
  },
  goal: (before, { matchTrafficWeight, replicas, weight }) => {
    if (matchTrafficWeight === true) return { ...before, scale: undefined };
    if (replicas !== undefined) return { ...before, scale: { replicas } };
    return weight === undefined ? before : { ...before, scale: { weight } };
  },
  progress: (context) => (context.isCapacityReached ? stepDone : stepOpen),
};
