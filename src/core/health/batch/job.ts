import { objectAt, textAt } from '#core/json/read.js';
import { conditionOf, current, failed, inProgress, type HealthRule } from '../rule.js';

/** A Job is current when it is complete, not merely started (as the peer's reader has it). */
export const job: HealthRule = {
  group: 'batch',
  kind: 'Job',
  assess(object) {
    if (objectAt(object, 'spec')['suspend'] === true) return current;
    if (conditionOf(object, 'Complete')?.status === 'True') return current;
    const failure = conditionOf(object, 'Failed');
    if (failure?.status === 'True') return failed(`Job Failed: ${failure.message ?? ''}`);
    const isStarted = textAt(objectAt(object, 'status'), 'startTime') !== undefined;
    return inProgress(isStarted ? 'Job in progress' : 'Job not started');
  },
};
