import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import { instantOf } from '#core/time/instant.js';
import { StatusGathering } from './gathering.js';

const status = { phase: 'Progressing', message: 'more replicas need to be updated', replicas: 5 };
const rollout = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { namespace: 'shop', name: 'web' },
  spec: {},
  status,
} satisfies Rollout;

describe('gathering of statuses', () => {
  const held = (gathering: StatusGathering, change: object, at: number) =>
    gathering.heldUntil(rollout, { ...status, ...change }, instantOf(at));

  it('writes numbers when the first of them waited for as long as the window', () => {
    const gathering = new StatusGathering(1000);
    expect(held(gathering, { replicas: 6 }, 500)).to.equal(1500);
    expect(held(gathering, { replicas: 7 }, 900)).to.equal(1500);
    expect(held(gathering, { replicas: 7 }, 1500)).to.equal(undefined);
    expect(held(gathering, { replicas: 8 }, 1600)).to.equal(2600);
  });

  it('writes words sooner, and a transition at once with all that was gathered', () => {
    const gathering = new StatusGathering(1000);
    expect(held(gathering, { message: 'other words' }, 500)).to.equal(750);
    expect(held(gathering, { replicas: 6, currentStepIndex: 1 }, 600)).to.equal(undefined);
    expect(held(gathering, { replicas: 7 }, 700)).to.equal(1700);
  });

  it('begins anew when the numbers went back, and when the Rollout is gone', () => {
    const gathering = new StatusGathering(1000);
    expect(held(gathering, { replicas: 6 }, 500)).to.equal(1500);
    expect(held(gathering, {}, 600)).to.equal(undefined);
    expect(held(gathering, { replicas: 6 }, 700)).to.equal(1700);
    gathering.forget({ namespace: 'shop', name: 'web' });
    expect(held(gathering, { replicas: 6 }, 800)).to.equal(1800);
  });
});
