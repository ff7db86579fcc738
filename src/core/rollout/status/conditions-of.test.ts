import { expect } from 'chai';
import type { Condition } from '#api/k8s/meta.js';
import { addMs, formatInstant, instantOf } from '#core/time/instant.js';
import { refreshCondition, withCondition } from './conditions.js';
import { createError } from './create-error.js';
import { replicaFailureIn } from './replica-failure.js';

const start = instantOf(Date.UTC(2026, 0, 1));
const later = addMs(start, 60_000);
const is = (status: 'True' | 'False' | 'Unknown', reason: string, message = '') =>
  ({ type: 'Progressing', status, reason, message }) as const;

describe('conditions (9.1)', () => {
  const first = withCondition([], is('True', 'NewReplicaSetCreated', 'one'), start);

  it('are not rewritten for another message alone', () => {
    expect(withCondition(first, is('True', 'NewReplicaSetCreated', 'two'), later)).to.equal(first);
  });

  it('keep the time of their transition while the status stays, and are updated with the reason', () => {
    const [next] = withCondition(first, is('True', 'ReplicaSetUpdated'), later);
    expect(next).to.include({
      lastTransitionTime: formatInstant(start),
      lastUpdateTime: formatInstant(later),
    });
    const [other] = withCondition(first, is('False', 'RolloutAborted'), later);
    expect(other).to.include({ lastTransitionTime: formatInstant(later) });
  });

  it('of progress are updated each time', () => {
    const [next] = refreshCondition(first, is('True', 'NewReplicaSetCreated', 'one'), later);
    expect(next).to.include({
      lastTransitionTime: formatInstant(start),
      lastUpdateTime: formatInstant(later),
    });
  });

  it('tell of a ReplicaSet that cannot be created', () => {
    const rollout = { apiVersion: 'v1', kind: 'Rollout', metadata: { name: 'web' }, spec: {} };
    const { status, event } = createError(rollout, 'web-abc', 'no', start);
    expect(status.conditions?.[0]).to.include({
      type: 'Progressing',
      status: 'False',
      reason: 'ReplicaSetCreateError',
      message: 'Failed to create new replica set "web-abc": no',
    });
    expect(event).to.include({ type: 'Warning', reason: 'ReplicaSetCreateError' });
  });
});

describe('a failure of a ReplicaSet (9.1)', () => {
  const failure = (message: string): Condition => ({
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message,
    lastTransitionTime: '2025-12-31T00:00:00Z',
  });
  const set = (...conditions: readonly Condition[]) => ({ status: { conditions } });

  it('is copied with its moment, the current one before all others', () => {
    const list = replicaFailureIn([], set(failure('new')), [set(failure('old')), set(failure('new'))], start);
    expect(list).to.deep.equal([{ ...failure('new'), lastUpdateTime: '2025-12-31T00:00:00Z' }]);
    expect(replicaFailureIn(list, set(), [set(failure('old'))], start), 'same reason').to.equal(list);
  });

  it('is taken away when no ReplicaSet tells of it any more', () => {
    const list = replicaFailureIn([], undefined, [set(failure('old'))], start);
    expect(list.map(({ message }) => message)).to.deep.equal(['old']);
    expect(replicaFailureIn(list, set(), [set()], start)).to.deep.equal([]);
  });
});
