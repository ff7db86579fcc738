import { expect } from 'chai';
import type { Deployment, EndpointSlice, Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { type Kind, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { createVirtualSandbox, type VirtualSandbox } from '../virtual-sandbox.js';

const namespace = 'default';
const template = (image: string, extra: object = {}) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }], ...extra },
});

function deployment(image: string, spec: object = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name: 'web' },
    spec: { replicas: 4, selector: { matchLabels: { app: 'web' } }, template: template(image), ...spec },
  };
}

function job(spec: object, annotations: Record<string, string>) {
  const pod = template('task', { restartPolicy: 'Never' });
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace, name: 'task' },
    spec: { template: { ...pod, metadata: { ...pod.metadata, annotations } }, ...spec },
  };
}

const done = { 'sandbox.sluice.dev/completes-after': '5s' };

async function list<T extends KubeObject>(sandbox: VirtualSandbox, kind: Kind): Promise<readonly T[]> {
  return (await sandbox.kube.list<T>(kind, { namespace })).items;
}

async function get<T extends KubeObject>(sandbox: VirtualSandbox, kind: Kind, name: string): Promise<T> {
  const found = await sandbox.kube.get<T>({ kind, namespace, name });
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe('Deployment', () => {
  async function settled(spec: object = {}) {
    const sandbox = createVirtualSandbox({ objects: [deployment('web:1', spec)] });
    await sandbox.clock.advance(5_000);
    return sandbox;
  }
  const update = (sandbox: VirtualSandbox, spec: object) =>
    sandbox.kube.patch({ kind: kinds.deployment, namespace, name: 'web' }, { type: 'merge', body: { spec } });

  it('rolls within surge and unavailability, and keeps the old ReplicaSet at zero', async () => {
    const sandbox = await settled();
    const seen = { most: 0, leastReady: 99 };
    sandbox.store.onChange(() => {
      const pods = sandbox.store.view().table.list('pods', namespace) as unknown as readonly Pod[];
      const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      const ready = living.filter(({ status }) =>
        status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
      );
      const sets = sandbox.store
        .view()
        .table.list('replicasets.apps', namespace) as unknown as readonly ReplicaSet[];
      seen.most = Math.max(
        seen.most,
        sets.reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0),
      );
      seen.leastReady = Math.min(seen.leastReady, ready.length);
    });
    await update(sandbox, { template: template('web:2') });
    await sandbox.clock.advance(30_000);
    const sets = await list<ReplicaSet>(sandbox, kinds.replicaSet);
    expect(sets.map(({ spec }) => spec.replicas ?? 0).sort((a, b) => a - b)).to.deep.equal([0, 4]);
    expect(seen).to.deep.equal({ most: 5, leastReady: 3 });
    const { status, metadata } = await get<Deployment>(sandbox, kinds.deployment, 'web');
    expect(status).to.include({ replicas: 4, updatedReplicas: 4, availableReplicas: 4 });
    expect(metadata.annotations?.['deployment.kubernetes.io/revision']).to.equal('2');
    expect(JSON.stringify(status?.conditions)).to.contain('NewReplicaSetAvailable');
  });

  it('recreates only after every old pod has ended', async () => {
    const sandbox = await settled({ strategy: { type: 'Recreate' } });
    await update(sandbox, { template: template('web:2') });
    await sandbox.clock.settle();
    const during = await list<Pod>(sandbox, kinds.pod);
    expect(during.map(({ spec }) => spec.containers[0]?.image)).to.deep.equal(Array(4).fill('web:1'));
    await sandbox.clock.advance(10_000);
    const after = await list<Pod>(sandbox, kinds.pod);
    expect(after.map(({ spec }) => spec.containers[0]?.image)).to.deep.equal(Array(4).fill('web:2'));
  });

  it('goes back to an old template with its ReplicaSet and a new revision', async () => {
    const sandbox = await settled();
    for (const image of ['web:2', 'web:1']) {
      await update(sandbox, { template: template(image) });
      await sandbox.clock.advance(30_000);
    }
    expect(await list(sandbox, kinds.replicaSet)).to.have.length(2);
    const { metadata } = await get<Deployment>(sandbox, kinds.deployment, 'web');
    expect(metadata.annotations?.['deployment.kubernetes.io/revision']).to.equal('3');
  });

  it('says so when the deadline passes, and scales while it is stuck', async () => {
    const sandbox = await settled({ progressDeadlineSeconds: 60 });
    const broken = template('web:2');
    const stuck = {
      ...broken,
      metadata: { ...broken.metadata, annotations: { 'sandbox.sluice.dev/ready-after': 'never' } },
    };
    await update(sandbox, { template: stuck });
    await sandbox.clock.advance(61_000);
    const { status } = await get<Deployment>(sandbox, kinds.deployment, 'web');
    expect(JSON.stringify(status?.conditions)).to.contain('ProgressDeadlineExceeded');
    await sandbox.kube.patch(
      { kind: kinds.deployment, namespace, name: 'web' },
      { type: 'merge', body: { spec: { replicas: 8 } } },
      { subresource: 'scale' },
    );
    await sandbox.clock.advance(5_000);
    const sizes = (await list<ReplicaSet>(sandbox, kinds.replicaSet)).map(({ spec }) => spec.replicas ?? 0);
    expect(sizes.reduce((a, b) => a + b)).to.equal(10);
    expect(Math.min(...sizes)).to.be.greaterThan(2);
  });

  it('writes nothing more once it is settled', async () => {
    const sandbox = await settled();
    const before = sandbox.journal().length;
    await sandbox.clock.advance(3_600_000);
    expect(sandbox.journal().length).to.equal(before);
  });

  it('takes its ReplicaSets and pods with it', async () => {
    const sandbox = await settled();
    await sandbox.kube.delete({ kind: kinds.deployment, namespace, name: 'web' });
    await sandbox.clock.advance(5_000);
    expect(await list(sandbox, kinds.replicaSet)).to.have.length(0);
    expect(await list(sandbox, kinds.pod)).to.have.length(0);
  });
});

describe('Job', () => {
  it('completes when enough pods have succeeded', async () => {
    const sandbox = createVirtualSandbox({ objects: [job({ completions: 3, parallelism: 2 }, done)] });
    await sandbox.clock.advance(60_000);
    const { status } = await get<KubeObject & { status?: Record<string, unknown> }>(
      sandbox,
      kinds.job,
      'task',
    );
    expect(status).to.include({ succeeded: 3 });
    expect(JSON.stringify(status?.conditions)).to.contain('"Complete"');
  });

  it('fails past its back-off limit, waiting longer from retry to retry', async () => {
    const annotations = { ...done, 'sandbox.sluice.dev/exit-code': '1' };
    const sandbox = createVirtualSandbox({ objects: [job({ backoffLimit: 2 }, annotations)] });
    await sandbox.clock.advance(40_000);
    const failed = async () =>
      (
        await get<KubeObject & { status?: { failed?: number; conditions?: unknown } }>(
          sandbox,
          kinds.job,
          'task',
        )
      ).status;
    expect((await failed())?.failed).to.equal(2);
    await sandbox.clock.advance(10_000);
    expect(JSON.stringify(await failed())).to.contain('BackoffLimitExceeded');
  });
});

describe('endpoints', () => {
  const service = (spec: object) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
  });

  it('follow the selector of their Service', async () => {
    const sandbox = createVirtualSandbox({ objects: [deployment('web:1'), service({})] });
    await sandbox.clock.advance(5_000);
    const ready = async () =>
      (await list<EndpointSlice>(sandbox, kinds.endpointSlice)).flatMap(({ endpoints }) => endpoints);
    expect(await ready()).to.have.length(4);
    const key = { kind: kinds.service, namespace, name: 'web' };
    await sandbox.kube.patch(key, { type: 'merge', body: { spec: { selector: { app: 'other' } } } });
    await sandbox.clock.settle();
    expect(await ready()).to.have.length(0);
    await sandbox.kube.delete(key);
    await sandbox.clock.settle();
    expect(await list(sandbox, kinds.endpointSlice)).to.have.length(0);
    expect(await list(sandbox, kinds.endpoints)).to.have.length(0);
  });
});

describe('cluster housekeeping', () => {
  it('empties and removes a namespace', async () => {
    const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    const moved = { ...deployment('web:1'), metadata: { namespace: 'shop', name: 'web' } };
    const sandbox = createVirtualSandbox({ objects: [shop, moved] });
    await sandbox.clock.advance(5_000);
    expect(
      await sandbox.kube.get({ kind: kinds.serviceAccount, namespace: 'shop', name: 'default' }),
    ).to.not.equal(undefined);
    await sandbox.kube.delete({ kind: kinds.namespace, name: 'shop' });
    await sandbox.clock.advance(5_000);
    expect(await sandbox.kube.get({ kind: kinds.namespace, name: 'shop' })).to.equal(undefined);
    expect((await sandbox.kube.list(kinds.pod, { namespace: 'shop' })).items).to.have.length(0);
  });

  it('says how many pods a budget lets go', async () => {
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { namespace, name: 'web' },
      spec: { minAvailable: '75%', selector: { matchLabels: { app: 'web' } } },
    };
    const sandbox = createVirtualSandbox({ objects: [deployment('web:1'), budget] });
    await sandbox.clock.advance(5_000);
    const { status } = await get<KubeObject & { status?: object }>(sandbox, kinds.podDisruptionBudget, 'web');
    expect(status).to.include({
      currentHealthy: 4,
      desiredHealthy: 3,
      disruptionsAllowed: 1,
      expectedPods: 4,
    });
  });
});
