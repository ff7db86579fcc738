import { expect } from 'chai';
import type { RolloutStatus } from '#api/argoproj/rollout.js';
import { statusChange } from './status-change.js';

const condition = (type: string, more: object = {}) => ({
  type,
  status: 'True' as const,
  reason: 'Progressing',
  message: 'more replicas need to be updated',
  lastTransitionTime: '2026-01-01T00:00:00Z',
  lastUpdateTime: '2026-01-01T00:00:00Z',
  ...more,
});

const before: RolloutStatus = {
  phase: 'Progressing',
  message: 'more replicas need to be updated',
  replicas: 5,
  currentStepIndex: 1,
  conditions: [condition('Progressing'), condition('Reconciling')],
};

describe('a change of a status', () => {
  const reworded = 'old replicas are pending termination';
  const rows: Readonly<Record<string, readonly [change: Partial<RolloutStatus>, is: string]>> = {
    'of nothing': [{}, 'none'],
    'of numbers of pods': [{ replicas: 6, updatedReplicas: 1, HPAReplicas: 6 }, 'counts'],
    'of the moment of progress': [
      {
        conditions: [
          condition('Reconciling'),
          condition('Progressing', { lastUpdateTime: '2026-01-01T00:00:09Z' }),
        ],
      },
      'counts',
    ],
    'of the words for progress': [
      {
        message: reworded,
        conditions: [condition('Progressing'), condition('Reconciling', { message: reworded })],
      },
      'words',
    ],
    'of words on another condition': [
      {
        message: reworded,
        conditions: [condition('Progressing', { message: 'x' }), condition('Reconciling')],
      },
      'transition',
    ],
    'of words that come with a phase': [{ phase: 'Degraded', message: 'RolloutAborted: x' }, 'transition'],
    'of a step': [{ currentStepIndex: 2, replicas: 6 }, 'transition'],
    'of a condition that turns': [
      { conditions: [condition('Progressing', { status: 'False' }), condition('Reconciling')] },
      'transition',
    ],
    'of a condition that is new': [
      { conditions: [condition('Progressing'), condition('Reconciling'), condition('Paused')] },
      'transition',
    ],
    'of the pause': [
      { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }] },
      'transition',
    ],
  };
  for (const [name, [change, is]] of Object.entries(rows)) {
    it(`${name}: ${is}`, () => expect(statusChange(before, { ...before, ...change })).to.equal(is));
  }

  it('of the first pods of a new ReplicaSet: words', () => {
    const saying = (reason: string) => ({ ...before, conditions: [condition('Progressing', { reason })] });
    const [created, updated] = [saying('NewReplicaSetCreated'), saying('ReplicaSetUpdated')];
    expect(statusChange(created, updated)).to.equal('words');
    expect(statusChange(updated, created)).to.equal('transition');
  });

  it('of words in another phase than Progressing: transition', () => {
    const degraded = { ...before, phase: 'Degraded' };
    expect(statusChange(degraded, { ...degraded, message: 'worse' })).to.equal('transition');
  });
});
