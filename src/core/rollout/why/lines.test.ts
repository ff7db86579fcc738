import { expect } from 'chai';
import type { Rollout, WhyEntry } from '#api/argoproj/rollout.js';
import { instantOf } from '#core/time/instant.js';
import { waitsOfStatus, whyLines } from './lines.js';

const now = instantOf(Date.parse('2026-01-01T00:10:00Z'));
const gate: WhyEntry = {
  what: 'a person to promote or abort',
  object: 'Rollout/shop/web',
  since: '2026-01-01T00:04:50Z',
  unblockedBy: 'a person',
  reason: 'CanaryPauseStep',
};
const timer: WhyEntry = {
  ...gate,
  what: 'the pause to end',
  until: '2026-01-01T00:10:45Z',
  unblockedBy: 'time',
};

function rolloutWith(why: readonly WhyEntry[]): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web' },
    spec: {},
    status: { why },
  };
}

describe('why as text', () => {
  it('says how long, what, where and who, one line each', () => {
    expect(whyLines(rolloutWith([gate, timer]), now)).to.deep.equal([
      '5m10s  a person to promote or abort (Rollout/shop/web; a person)',
      '5m10s  the pause to end (Rollout/shop/web; time, 45s left)',
    ]);
    expect(whyLines(rolloutWith([]), now)).to.deep.equal([]);
  });

  it('reads as the waits of a pass', () => {
    expect(waitsOfStatus({ why: [timer] })).to.deep.equal([
      {
        what: 'the pause to end',
        object: 'Rollout/shop/web',
        since: Date.parse(timer.since),
        until: Date.parse(timer.until ?? ''),
        unblockedBy: 'time',
        reason: 'CanaryPauseStep',
      },
    ]);
    expect(waitsOfStatus(undefined)).to.deep.equal([]);
  });
});
