import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { cluster, eventually, pause, type Cluster } from './cluster.js';
import { rollout, service } from './objects.js';
import { reaches, replicasOf } from './watching.js';

describe('controllers that die', function () {
  this.timeout(120_000);
  let at: Cluster;
  before(async function () {
    at = await cluster(this);
    const steps = [{ setWeight: 25 }, { pause: { duration: '2s' } }, { setWeight: 50 }, { pause: {} }];
    await at.apply(rollout('hardy', at.image('3.8'), { canary: { steps } }));
    await reaches(at, 'hardy', 'Healthy');
  });

  it('carry the release on from where it was', async () => {
    await at.sluice('set', 'image', 'hardy', `web=${at.image('3.9')}`);
    await eventually('the canary has begun', async () => {
      return (await at.list(kinds.replicaSet, 'app=hardy')).length === 2;
    });
    await at.controller().kill();
    await at.restart();
    await reaches(at, 'hardy', 'Paused', (one) => one.status.currentStepIndex === 3);
    expect(await replicasOf(at, 'hardy')).to.deep.equal({ 1: 2, 2: 2 });
    const sets = await at.list(kinds.replicaSet, 'app=hardy');
    expect(sets).to.have.length(2);
  });

  it('end by themselves when somebody else has taken their lease', async () => {
    const key = { kind: kinds.lease, namespace: at.namespace, name: 'argo-rollouts-controller-lock' };
    const spec = { holderIdentity: 'somebody', renewTime: new Date().toISOString().replace('Z', '000Z') };
    await at.kube.patch(key, { type: 'merge', body: { spec } });
    await eventually('the process has ended', async () => at.controller().hasEnded());
    expect(at.logs()).to.contain('leadership lost');
    await at.kube.delete(key);
    await at.restart();
  });
});

describe('objects that are wrong', function () {
  this.timeout(120_000);
  let at: Cluster;
  const condition = async (name: string, type: string): Promise<any> =>
    (await at.get(kinds.rollout, name)).status?.conditions?.find((one: any) => one.type === type);
  before(async function () {
    at = await cluster(this);
  });

  it('are named in a condition, and the release begins when they are mended', async () => {
    const blueGreen = { activeService: 'late-active', scaleDownDelaySeconds: 1 };
    await at.apply(rollout('late', at.image('3.8'), { blueGreen }, 1));
    await eventually('the missing Service is named', async () => {
      const found = await condition('late', 'InvalidSpec');
      return found?.status === 'True' && found.message.includes('late-active');
    });
    await at.apply(service('late-active', 'late'));
    await reaches(at, 'late', 'Healthy');
  });

  it('keep what runs while a refused spec waits for its correction', async () => {
    const good = { canary: { steps: [{ setWeight: 50 }] } };
    await at.apply(rollout('edited', at.image('3.8'), good, 2));
    await reaches(at, 'edited', 'Healthy');
    await at.apply(rollout('edited', at.image('3.8'), { canary: { steps: [{ setWeight: 150 }] } }, 2));
    await eventually('the step is named', async () => {
      const found = await condition('edited', 'InvalidSpec');
      return found?.status === 'True' && found.message.includes('steps[0].setWeight');
    });
    await pause(500);
    expect(await replicasOf(at, 'edited')).to.deep.equal({ 1: 2 });
    await at.apply(rollout('edited', at.image('3.8'), good, 2));
    await reaches(at, 'edited', 'Healthy');
  });
});
