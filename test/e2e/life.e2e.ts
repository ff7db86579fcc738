import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { cluster, eventually, type Cluster } from './cluster.js';
import { ingress, rollout, service } from './objects.js';
import { reaches, replicasOf, tells } from './watching.js';

const deployment = kindOf('apps', 'Deployment');
const budget = kindOf('policy', 'PodDisruptionBudget');

describe('an experiment as a step of a canary', function () {
  this.timeout(120_000);
  let at: Cluster;
  before(async function () {
    at = await cluster(this);
    const templates = [
      { name: 'old', specRef: 'stable', replicas: 1 },
      { name: 'new', specRef: 'canary', replicas: 1, service: {} },
    ];
    const experiment = { duration: '2s', scaleDownDelaySeconds: 1, templates };
    const steps = [{ setWeight: 25 }, { experiment }, { pause: {} }];
    await at.apply(rollout('lab', at.image('3.8'), { canary: { steps } }));
    await reaches(at, 'lab', 'Healthy');
  });

  it('runs beside the revisions and lets the canary go on', async () => {
    await at.sluice('set', 'image', 'lab', `web=${at.image('3.9')}`);
    await eventually(
      'the experiment runs',
      async () => (await experiments())[0]?.status?.phase === 'Running',
    );
    expect((await experiments())[0].metadata.name).to.match(/^lab-\w+-2-1$/);
    await reaches(at, 'lab', 'Paused', (one) => one.status.currentStepIndex === 2);
    expect((await experiments())[0].status.phase).to.equal('Successful');
    await tells(at, 'lab', 'ExperimentCreated');
  });

  it('leaves neither pods nor Services behind', async () => {
    const [{ metadata }] = await experiments();
    await eventually('its ReplicaSets are empty and its Service is gone', async () => {
      const sets = (await at.list(kinds.replicaSet)).filter((one) =>
        one.metadata.name.startsWith(metadata.name),
      );
      const services = (await at.list(kinds.service)).filter((one) =>
        one.metadata.name.startsWith(metadata.name),
      );
      return sets.length === 2 && sets.every((one) => one.status.replicas === 0) && services.length === 0;
    });
  });

  async function experiments(): Promise<readonly any[]> {
    return (await at.list(kinds.experiment)).filter((one) => one.metadata.name.startsWith('lab-'));
  }
});

describe('a Rollout of a Deployment', function () {
  this.timeout(120_000);
  let at: Cluster;
  before(async function () {
    at = await cluster(this);
    const { spec } = rollout('legacy', at.image('3.8'), {}, 2);
    const { selector, template, replicas } = spec;
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'legacy' } };
    await at.apply({ ...object, spec: { replicas, selector, template } });
    await eventually('the Deployment is there', async () => (await legacy()).status?.availableReplicas === 2);
  });

  it('takes the pods over', async () => {
    const workloadRef = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'legacy',
      scaleDown: 'progressively',
    };
    await at.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'moved' },
      spec: { replicas: 2, workloadRef, strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } } },
    });
    const done = await reaches(at, 'moved', 'Healthy');
    expect(done.spec.template).to.equal(undefined);
    await eventually('the Deployment is empty', async () => (await legacy()).spec.replicas === 0);
  });

  it('follows a new image of the Deployment', async () => {
    await at.sluice('set', 'image', 'moved', `web=${at.image('3.9')}`);
    expect((await legacy()).spec.template.spec.containers[0].image).to.equal(at.image('3.9'));
    const paused = await reaches(at, 'moved', 'Paused');
    expect(paused.status.workloadObservedGeneration).to.equal(String((await legacy()).metadata.generation));
  });

  it('gives the pods back when it is deleted', async () => {
    await at.kube.delete({ kind: kinds.rollout, namespace: at.namespace, name: 'moved' });
    await eventually(
      'the Deployment has its pods',
      async () => (await legacy()).status?.availableReplicas === 2,
    );
  });

  const legacy = (): Promise<any> => at.get(deployment, 'legacy');
});

describe('a routed canary that is deleted on its way', function () {
  this.timeout(120_000);
  let at: Cluster;
  before(async function () {
    at = await cluster(this);
    const strategy = {
      stableService: 'leaving',
      canaryService: 'leaving-canary',
      trafficRouting: { nginx: { stableIngress: 'leaving' } },
      steps: [{ setWeight: 50 }, { pause: {} }],
    };
    await at.apply(service('leaving', 'leaving'), service('leaving-canary', 'leaving'));
    await at.apply(
      ingress('leaving', 'leaving'),
      rollout('leaving', at.image('3.8'), { canary: strategy }, 2),
    );
    await reaches(at, 'leaving', 'Healthy');
    await at.sluice('set', 'image', 'leaving', `web=${at.image('3.9')}`);
    await reaches(at, 'leaving', 'Paused');
  });

  it('is kept until all weight is on stable, and leaves nothing of ours', async () => {
    const { metadata } = await at.get(kinds.rollout, 'leaving');
    expect(metadata.finalizers).to.deep.equal(['sluice.dev/traffic']);
    await at.kube.delete({ kind: kinds.rollout, namespace: at.namespace, name: 'leaving' });
    await eventually('the weight is 0', async () => {
      const made: any = await at.get(kinds.ingress, 'leaving-leaving-canary');
      return made?.metadata.annotations['nginx.ingress.kubernetes.io/canary-weight'] === '0';
    });
    const sizes = Object.values(await replicasOf(at, 'leaving'));
    expect(sizes, 'pods of both revisions').to.have.length(2);
    await eventually(
      'the Rollout is gone',
      async () => (await at.get(kinds.rollout, 'leaving')) === undefined,
    );
    await eventually('the Services select all pods', async () => {
      const names = ['leaving', 'leaving-canary'];
      const found = await Promise.all(names.map((name) => at.get(kinds.service, name)));
      return found.every((one) => Object.keys(one.spec.selector).join() === 'app');
    });
  });
});

describe('a restart under a disruption budget', function () {
  this.timeout(120_000);
  let at: Cluster;
  before(async function () {
    at = await cluster(this);
    await at.apply({
      apiVersion: 'policy/v1',
      kind: budget.kind,
      metadata: { name: 'guarded' },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'guarded' } } },
    });
    await at.apply(rollout('guarded', at.image('3.8'), { canary: { maxUnavailable: 2 } }, 3));
    await reaches(at, 'guarded', 'Healthy');
  });

  it('replaces every pod and never goes below the budget', async () => {
    const before_ = new Set((await at.list(kinds.pod, 'app=guarded')).map((one) => one.metadata.uid));
    // A pod must be older than the restart, to the second.
    await new Promise((resolve) => {
      setTimeout(resolve, 1_100);
    });
    await at.sluice('restart', 'guarded');
    let least = 3;
    await eventually('no old pod is left', async () => {
      const pods = await at.list(kinds.pod, 'app=guarded');
      const ready = pods.filter((one) =>
        one.status?.conditions?.some((its: any) => its.type === 'Ready' && its.status === 'True'),
      );
      least = Math.min(least, ready.length);
      return pods.length === 3 && ready.length === 3 && pods.every((one) => !before_.has(one.metadata.uid));
    });
    expect(least).to.be.at.least(2);
    const done = await reaches(at, 'guarded', 'Healthy');
    expect(done.status.restartedAt).to.equal(done.spec.restartAt);
  });
});

function kindOf(group: string, kind: string) {
  const version = 'v1';
  return { group, version, kind, plural: `${kind.toLowerCase()}s`, namespaced: true };
}
