import { expect } from 'chai';
import { addMs, instantOf, type Instant } from '#core/time/instant.js';
import { decideAnalysisRun } from '../decide.js';

const epoch = instantOf(Date.UTC(2026, 0, 1));
const at = (seconds: number): Instant => addMs(epoch, seconds * 1000);
const run: any = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: { name: 'r', namespace: 'shop' },
  spec: { metrics: [{ name: 'm', initialDelay: '5s', provider: { web: { url: 'http://x' } } }] },
};
const decide = (seconds: number, status: object | undefined, startedAt?: Instant) => {
  const seen = status === undefined ? run : { ...run, status };
  const { requeueAt, actions } = decideAnalysisRun({
    now: at(seconds),
    run: seen,
    measuring: [],
    finished: [],
    startedAt,
  });
  return [requeueAt === undefined ? undefined : (requeueAt - epoch) / 1000, actions.length];
};

describe('the delay of a first measurement (8)', () => {
  const begun = { phase: 'Running', startedAt: '2026-01-01T00:00:00Z' };

  it('counts from the millisecond at which the run began', () => {
    expect(decide(0.7, undefined)).to.deep.equal([5.7, 0]);
    expect(decide(5.1, begun, at(0.7))).to.deep.equal([5.7, 0]);
    expect(decide(5.7, begun, at(0.7))).to.deep.equal([undefined, 1]);
  });

  it('counts from the second that is stored, where another process began it', () => {
    expect(decide(4.9, begun)).to.deep.equal([5, 0]);
    expect(decide(4.9, begun, at(3.3))).to.deep.equal([5, 0]);
  });
});
