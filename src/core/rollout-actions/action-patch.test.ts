import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import { instantOf } from '#core/time/instant.js';
import { actionPatch, withPrecondition, type ActionVerb } from './action-patch.js';

const now = instantOf(Date.parse('2026-01-02T03:04:05Z'));

function rolloutWith(status: Rollout['status'], paused?: boolean): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      ...(paused === undefined ? {} : { paused }),
      strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
    },
    status: { stableRS: 'a', currentPodHash: 'b', currentStepIndex: 1, ...status },
  };
}

function bodies(verb: ActionVerb, rollout: Rollout): unknown {
  const plan = actionPatch(verb, rollout, { now });
  return plan.ok ? plan.writes.map((write) => write.patch.body) : plan.why;
}

const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: '2026-01-02T03:00:00Z' }];

describe('operator actions', () => {
  it('promote clears the pause and nothing else', () => {
    expect(bodies('promote', rolloutWith({ pauseConditions, controllerPause: true }))).to.deep.equal([
      { status: { pauseConditions: null } },
    ]);
  });
  it('promote of a rollout paused by hand also unpauses the spec', () => {
    expect(bodies('promote', rolloutWith({ pauseConditions }, true))).to.deep.equal([
      { status: { pauseConditions: null } },
      { spec: { paused: false } },
    ]);
  });
  it('promote accepts an undecided gate and moves on', () => {
    const status = {
      pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-01-02T03:00:00Z' }],
      controllerPause: true,
      canary: { currentStepAnalysisRunStatus: { name: 'r', status: 'Inconclusive' } },
    };
    expect(bodies('promote', rolloutWith(status))).to.deep.equal([
      { status: { pauseConditions: null, controllerPause: false, currentStepIndex: 2 } },
    ]);
  });
  it('promote skips the running step when nothing is paused', () => {
    expect(bodies('promote', rolloutWith({}))).to.deep.equal([
      { status: { pauseConditions: null, currentStepIndex: 2 } },
    ]);
  });
  it('refuses what would change nothing, with the reason', () => {
    const settled = rolloutWith({ stableRS: 'b' });
    expect(bodies('promote', settled)).to.match(/nothing to promote/);
    expect(bodies('promotefull', settled)).to.match(/newest revision is stable/);
    expect(bodies('abort', settled)).to.match(/nothing to abort/);
    expect(bodies('retry', settled)).to.match(/not aborted/);
    expect(bodies('resume', settled)).to.match(/not paused/);
  });
  it('abort, retry, pause and restart write the fields of the peer', () => {
    expect(bodies('abort', rolloutWith({}))).to.deep.equal([{ status: { abort: true } }]);
    expect(bodies('retry', rolloutWith({ abort: true }))).to.deep.equal([{ status: { abort: false } }]);
    expect(bodies('pause', rolloutWith({}))).to.deep.equal([{ spec: { paused: true } }]);
    expect(bodies('restart', rolloutWith({}))).to.deep.equal([
      { spec: { restartAt: '2026-01-02T03:04:05Z' } },
    ]);
  });
  it('a precondition names uid and version', () => {
    const plan = actionPatch('abort', rolloutWith({}), { now });
    const write = plan.ok ? plan.writes[0] : undefined;
    expect(write && withPrecondition(write, 'u1', '7').patch.body).to.deep.equal({
      status: { abort: true },
      metadata: { uid: 'u1', resourceVersion: '7' },
    });
  });
});
