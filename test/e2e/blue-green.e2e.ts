import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { cluster, eventually, type Cluster } from './cluster.js';
import { rollout, service } from './objects.js';
import { reaches, replicasOf } from './watching.js';

describe('a blue-green release', function () {
  this.timeout(120_000);
  let at: Cluster;
  const hash = async (name: string): Promise<unknown> =>
    (await at.get(kinds.service, name)).spec.selector['rollouts-pod-template-hash'];
  before(async function () {
    at = await cluster(this);
    const blueGreen = {
      activeService: 'pay',
      previewService: 'pay-preview',
      autoPromotionEnabled: false,
      scaleDownDelaySeconds: 3,
    };
    await at.apply(
      service('pay', 'pay'),
      service('pay-preview', 'pay'),
      rollout('pay', at.image('3.8'), { blueGreen }, 2),
    );
    await reaches(at, 'pay', 'Healthy');
  });

  it('shows the new revision to the preview only, and waits', async () => {
    await at.sluice('set', 'image', 'pay', `web=${at.image('3.9')}`);
    const paused = await reaches(at, 'pay', 'Paused');
    expect(await hash('pay')).to.equal(paused.status.stableRS);
    expect(await hash('pay-preview')).to.equal(paused.status.currentPodHash);
    expect(await replicasOf(at, 'pay')).to.deep.equal({ 1: 2, 2: 2 });
  });

  it('switches when promoted and takes the old pods away after the delay', async () => {
    await at.sluice('promote', 'pay');
    const done = await reaches(at, 'pay', 'Healthy');
    expect(await hash('pay')).to.equal(done.status.currentPodHash);
    await eventually('the old pods are gone', async () => (await replicasOf(at, 'pay'))['1'] === undefined);
  });
});
