import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { cluster, eventually, type Cluster } from './cluster.js';
import { ingress, rollout, service } from './objects.js';
import { eventReasons, reaches, replicasOf } from './watching.js';

describe('a canary by numbers of pods', function () {
  this.timeout(120_000);
  let at: Cluster;
  before(async function () {
    at = await cluster(this);
    const steps = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '1s' } }];
    await at.apply(rollout('shop', at.image('3.8'), { canary: { steps } }));
  });

  it('brings up the first revision without steps', async () => {
    await reaches(at, 'shop', 'Healthy', (one) => one.status.availableReplicas === 4);
    expect(await replicasOf(at, 'shop')).to.deep.equal({ 1: 4 });
  });

  it('pauses at the first weight', async () => {
    await at.sluice('set', 'image', 'shop', `web=${at.image('3.9')}`);
    await reaches(at, 'shop', 'Paused', (one) => one.status.currentStepIndex === 1);
    expect(await replicasOf(at, 'shop')).to.deep.equal({ 1: 3, 2: 1 });
  });

  it('is promoted to the end', async () => {
    expect(await at.sluice('promote', 'shop')).to.equal("rollout 'shop' promoted\n");
    const done = await reaches(at, 'shop', 'Healthy');
    expect(done.status.stableRS).to.equal(done.status.currentPodHash);
    await eventually('only revision 2 has pods', async () => {
      const replicas = await replicasOf(at, 'shop');
      return replicas['2'] === 4 && Object.keys(replicas).length === 1;
    });
    expect(await at.sluice('status', 'shop', '--timeout', '10s')).to.contain('Healthy');
  });

  it('goes back to the stable revision when aborted', async () => {
    await at.sluice('set', 'image', 'shop', `web=${at.image('3.10')}`);
    await reaches(at, 'shop', 'Paused');
    await at.sluice('abort', 'shop');
    const aborted = await reaches(at, 'shop', 'Degraded');
    expect(aborted.status.message).to.contain('RolloutAborted');
    await eventually('only revision 2 has pods', async () => {
      const replicas = await replicasOf(at, 'shop');
      return replicas['2'] === 4 && Object.keys(replicas).length === 1;
    });
  });

  it('starts again when retried', async () => {
    await at.sluice('retry', 'shop');
    await reaches(at, 'shop', 'Paused', (one) => one.status.currentStepIndex === 1);
    await at.sluice('abort', 'shop');
    await reaches(at, 'shop', 'Degraded');
  });

  it('is Healthy again, with no new ReplicaSet, when the update is undone', async () => {
    const before_ = await at.list(kinds.replicaSet, 'app=shop');
    await at.sluice('undo', 'shop', '--to-revision', '2');
    await reaches(at, 'shop', 'Healthy');
    expect(await at.list(kinds.replicaSet, 'app=shop')).to.have.length(before_.length);
  });

  it('has told of it in events', async () => {
    const reasons = await eventReasons(at, 'shop');
    expect(reasons).to.include.members([
      'NewReplicaSetCreated',
      'ScalingReplicaSet',
      'RolloutStepCompleted',
      'RolloutPaused',
      'RolloutCompleted',
      'RolloutAborted',
    ]);
  });

  it('takes its ReplicaSets and pods with it when it is deleted', async () => {
    await at.kube.delete({ kind: kinds.rollout, namespace: at.namespace, name: 'shop' });
    await eventually('the ReplicaSets are gone', async () => {
      return (await at.list(kinds.replicaSet, 'app=shop')).length === 0;
    });
  });
});

describe('a canary by the weights of an NGINX Ingress', function () {
  this.timeout(120_000);
  let at: Cluster;
  const weight = async (): Promise<unknown> => {
    const made = await at.get(kinds.ingress, 'front-front-canary');
    return made?.metadata.annotations['nginx.ingress.kubernetes.io/canary-weight'];
  };
  before(async function () {
    at = await cluster(this);
    const trafficRouting = { nginx: { stableIngress: 'front' } };
    const steps = [{ setWeight: 30 }, { pause: {} }, { setWeight: 60 }, { pause: {} }];
    const canary = { stableService: 'front', canaryService: 'front-canary', trafficRouting, steps };
    await at.apply(
      service('front', 'front'),
      service('front-canary', 'front'),
      ingress('front', 'front'),
      rollout('front', at.image('3.8'), { canary }, 2),
    );
    await reaches(at, 'front', 'Healthy');
  });

  it('writes the weight of the step and points the Services at one revision each', async () => {
    await at.sluice('set', 'image', 'front', `web=${at.image('3.9')}`);
    const paused = await reaches(at, 'front', 'Paused');
    expect(await weight()).to.equal('30');
    const [stable, canary] = [
      await at.get(kinds.service, 'front'),
      await at.get(kinds.service, 'front-canary'),
    ];
    expect(stable.spec.selector['rollouts-pod-template-hash']).to.equal(paused.status.stableRS);
    expect(canary.spec.selector['rollouts-pod-template-hash']).to.equal(paused.status.currentPodHash);
  });

  it('writes the next weight when promoted', async () => {
    await at.sluice('promote', 'front');
    await reaches(at, 'front', 'Paused', (one) => one.status.currentStepIndex === 3);
    expect(await weight()).to.equal('60');
  });

  it('sends everything to the new revision in the end', async () => {
    await at.sluice('promote', 'front', '--full');
    const done = await reaches(at, 'front', 'Healthy');
    expect(await weight()).to.be.oneOf(['0', undefined]);
    const stable = await at.get(kinds.service, 'front');
    expect(stable.spec.selector['rollouts-pod-template-hash']).to.equal(done.status.currentPodHash);
  });
});

describe('a canary by the weights of an Istio VirtualService', function () {
  this.timeout(120_000);
  let at: Cluster;
  const virtualService = {
    ...kinds.ingress,
    group: 'networking.istio.io',
    version: 'v1',
    plural: 'virtualservices',
  };
  const weights = async (): Promise<readonly unknown[]> => {
    const { spec } = await at.get(virtualService, 'mesh');
    return spec.http[0].route.map((one: any) => `${one.destination.host}=${one.weight}`);
  };
  before(async function () {
    at = await cluster(this);
    if ((await at.kube.resolve('networking.istio.io/v1', 'VirtualService')) === undefined) this.skip();
    const trafficRouting = { istio: { virtualService: { name: 'mesh' } } };
    const steps = [{ setWeight: 20 }, { pause: {} }];
    const canary = { stableService: 'mesh', canaryService: 'mesh-canary', trafficRouting, steps };
    const route = ['mesh', 'mesh-canary'].map((host, index) => ({
      destination: { host },
      weight: index === 0 ? 100 : 0,
    }));
    await at.apply(
      service('mesh', 'mesh'),
      service('mesh-canary', 'mesh'),
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: 'mesh' },
        spec: { hosts: ['mesh'], http: [{ name: 'primary', timeout: '3s', route }] },
      },
      rollout('mesh', at.image('3.8'), { canary }, 2),
    );
    await reaches(at, 'mesh', 'Healthy');
  });

  it('writes the weights of the step and leaves the rest of the route alone', async () => {
    await at.sluice('set', 'image', 'mesh', `web=${at.image('3.9')}`);
    await reaches(at, 'mesh', 'Paused');
    expect(await weights()).to.deep.equal(['mesh=80', 'mesh-canary=20']);
    const { spec } = await at.get(virtualService, 'mesh');
    expect(spec.http[0]).to.deep.include({ name: 'primary', timeout: '3s' });
  });

  it('writes them again when somebody else changes them', async () => {
    const patch = [{ op: 'replace', path: '/spec/http/0/route/1/weight', value: 50 }] as const;
    const key = { kind: virtualService, namespace: at.namespace, name: 'mesh' };
    await at.kube.patch(key, { type: 'json', body: patch }, { fieldManager: 'somebody' });
    await eventually('the weights are back', async () => (await weights())[1] === 'mesh-canary=20', weights);
  });

  it('sends everything back when aborted', async () => {
    await at.sluice('abort', 'mesh');
    await reaches(at, 'mesh', 'Degraded');
    await eventually('the weights are back', async () => (await weights())[1] === 'mesh-canary=0', weights);
  });
});
