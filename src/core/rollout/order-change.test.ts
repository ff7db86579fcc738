import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import { isOrder } from './order-change.js';

const rollout = (status: object, spec: object = {}): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web' },
  spec,
  status,
});
const paused = {
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }],
  controllerPause: true,
};

describe('an order of a person', () => {
  const rows: Readonly<Record<string, readonly [before: Rollout, after: Rollout, is: boolean]>> = {
    abort: [rollout({}), rollout({ abort: true }), true],
    'full promotion': [rollout({}), rollout({ promoteFull: true }), true],
    resumption: [rollout(paused), rollout({ controllerPause: true }), true],
    'pause by the spec': [rollout({}), rollout({}, { paused: true }), true],
    'end of a pause in its time': [rollout(paused), rollout({}), false],
    'beginning of a pause': [rollout({}), rollout(paused), false],
    'another step': [rollout({ currentStepIndex: 1 }), rollout({ currentStepIndex: 2 }), false],
  };
  for (const [name, [before, after, is]] of Object.entries(rows)) {
    it(`${name}: ${is ? 'yes' : 'no'}`, () => expect(isOrder(before, after)).to.equal(is));
  }
});
