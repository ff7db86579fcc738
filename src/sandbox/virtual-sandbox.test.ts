import { expect } from 'chai';
import type { EndpointSlice, Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { createVirtualSandbox, type VirtualSandbox } from './index.js';

const web = { namespace: 'shop', name: 'web' };
const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

function replicaSet(replicas: number, extra: object = {}, annotations = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: web,
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' }, annotations },
        spec: {
          containers: [{ name: 'web', image: 'web:1', ports: [{ name: 'http', containerPort: 8080 }] }],
        },
      },
      ...extra,
    },
  };
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: web,
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
};

async function stored<T>(
  sandbox: VirtualSandbox,
  kind: (typeof kinds)[keyof typeof kinds],
): Promise<readonly T[]> {
  return (await sandbox.kube.list(kind, { namespace: 'shop' })).items as unknown as readonly T[];
}

describe('virtual sandbox', () => {
  it('runs the pods of a ReplicaSet and shows them as endpoints once they are ready', async () => {
    const sandbox = createVirtualSandbox({ objects: [shop, replicaSet(3), service] });
    await sandbox.clock.settle();
    const pods = await stored<Pod>(sandbox, kinds.pod);
    expect(pods.map((pod) => pod.status?.phase)).to.deep.equal(['Running', 'Running', 'Running']);
    expect((await stored<ReplicaSet>(sandbox, kinds.replicaSet))[0]?.status?.readyReplicas).to.equal(
      undefined,
    );
    await sandbox.clock.advance(1000);
    expect((await stored<ReplicaSet>(sandbox, kinds.replicaSet))[0]?.status).to.include({
      readyReplicas: 3,
      availableReplicas: 3,
    });
    const [slice] = await stored<EndpointSlice>(sandbox, kinds.endpointSlice);
    expect(slice?.endpoints.map((endpoint) => endpoint.conditions?.ready)).to.deep.equal([true, true, true]);
    expect(slice?.ports?.[0]).to.include({ port: 8080 });
  });

  it('counts a pod as available after minReadySeconds and keeps a leaving one serving until it ends', async () => {
    const sandbox = createVirtualSandbox({
      objects: [shop, replicaSet(1, { minReadySeconds: 10 }), service],
    });
    const status = async () => (await stored<ReplicaSet>(sandbox, kinds.replicaSet))[0]?.status;
    await sandbox.clock.advance(10_999);
    expect((await status())?.availableReplicas).to.equal(undefined);
    await sandbox.clock.advance(1);
    expect((await status())?.availableReplicas).to.equal(1);
    await sandbox.kube.patch(
      { kind: kinds.replicaSet, ...web },
      { type: 'merge', body: { spec: { replicas: 0 } } },
    );
    await sandbox.clock.settle();
    const [leaving] = (await stored<EndpointSlice>(sandbox, kinds.endpointSlice))[0]?.endpoints ?? [];
    expect(leaving?.conditions).to.deep.equal({ ready: false, serving: true, terminating: true });
    await sandbox.clock.advance(1000);
    expect(await stored(sandbox, kinds.pod)).to.have.length(0);
  });

  it('plays crashes, missing images and pods that never become ready', async () => {
    const annotations = { 'sandbox.sluice.dev/crash-after': '5s' };
    const sandbox = createVirtualSandbox({ objects: [shop, replicaSet(1, {}, annotations)] });
    await sandbox.clock.advance(11_000);
    const [pod] = await stored<Pod>(sandbox, kinds.pod);
    const [container] = pod?.status?.containerStatuses ?? [];
    expect(container).to.deep.include({ restartCount: 1, ready: false });
    expect(JSON.stringify(container?.state)).to.contain('CrashLoopBackOff');
  });

  it('writes the same journal for the same seed', async () => {
    const run = async (seed: number) => {
      const sandbox = createVirtualSandbox({ seed, objects: [shop, replicaSet(5), service] });
      await sandbox.clock.advance(60_000);
      return sandbox.journal();
    };
    expect(await run(1)).to.deep.equal(await run(1));
    expect(await run(1)).to.not.deep.equal(await run(2));
  });
});
