import { expect } from 'chai';
import { stepsHash } from '#core/template-hash/template-hash.js';
import { routedBy } from './shop.js';
import { hashOfImage, tell } from './telling.js';

const steps = [{ setWeight: 25 }, { pause: {} }];
const one = hashOfImage('web:1');
const two = hashOfImage('web:2');

describe('status fields of a routed canary (4)', () => {
  const shop = {
    replicas: 4,
    strategy: { canary: { ...routedBy('istio'), steps } },
    router: 'istio',
  } as const;

  it('of a settled revision', async () => {
    const { world } = await tell(shop);
    const { conditions: _c, duration: _d, traffic: _t, why: _w, ...status } = (await world.rollout()).status;
    expect(status).to.deep.equal({
      phase: 'Healthy',
      observedGeneration: '1',
      replicas: 4,
      updatedReplicas: 4,
      readyReplicas: 4,
      availableReplicas: 4,
      HPAReplicas: 4,
      selector: 'app=web',
      currentPodHash: one,
      currentStepHash: stepsHash(steps),
      currentStepIndex: 2,
      stableRS: one,
      canary: {
        weights: {
          canary: { weight: 0, serviceName: 'web-canary', podTemplateHash: one },
          stable: { weight: 100, serviceName: 'web', podTemplateHash: one },
        },
      },
    });
  });

  it('of one on its way, in a pause, and when a person ends it', async () => {
    const { world, apply, wait, status: patch } = await tell(shop);
    await apply('web:2');
    await wait(15);
    const {
      conditions: _c,
      duration: _d,
      traffic: _t,
      why: _w,
      pauseConditions,
      pausedSince,
      ...status
    } = (await world.rollout()).status;
    expect(pausedSince?.slice(0, 19)).to.equal(pauseConditions?.[0]?.startTime.slice(0, 19));
    expect(pauseConditions?.map(({ reason }) => reason)).to.deep.equal(['CanaryPauseStep']);
    expect(pauseConditions?.[0]?.startTime).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(status).to.deep.equal({
      phase: 'Paused',
      message: 'CanaryPauseStep',
      observedGeneration: '2',
      replicas: 5,
      updatedReplicas: 1,
      readyReplicas: 5,
      availableReplicas: 5,
      HPAReplicas: 5,
      selector: 'app=web',
      currentPodHash: two,
      currentStepHash: stepsHash(steps),
      currentStepIndex: 1,
      stableRS: one,
      controllerPause: true,
      canary: {
        weights: {
          canary: { weight: 25, serviceName: 'web-canary', podTemplateHash: two },
          stable: { weight: 75, serviceName: 'web', podTemplateHash: one },
        },
      },
    });
    await patch({ pauseConditions: null });
    await wait(1);
    const resumed = (await world.rollout()).status;
    expect([resumed.controllerPause, resumed.pauseConditions, resumed.currentStepIndex]).to.deep.equal([
      undefined,
      undefined,
      2,
    ]);
  });

  it('of an abort: the flag, its first moment, the first step', async () => {
    const { world, apply, wait, status: patch } = await tell(shop);
    await apply('web:2');
    await wait(15);
    await patch({ abort: true });
    await wait(5);
    const first = (await world.rollout()).status;
    await wait(60);
    const second = (await world.rollout()).status;
    expect(first).to.deep.include({ abort: true, currentStepIndex: 0, phase: 'Degraded' });
    expect(second.abortedAt).to.equal(first.abortedAt);
    expect(second.canary?.weights?.canary.weight).to.equal(0);
    expect([second.replicas, second.updatedReplicas]).to.deep.equal([4, 0]);
  });
});
