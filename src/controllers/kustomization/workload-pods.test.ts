import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { podSketch, withPodHealth } from '#core/gitops/kustomization/readiness/pods-of-workload.js';
import { healthOf } from '#core/health/health.js';
import { instantOf } from '#core/time/instant.js';
import { openCrd } from '#sandbox/store/crd/open-crd.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const now = instantOf(Date.parse('2026-01-01T00:01:00Z'));
const crashing = {
  phase: 'Running',
  containerStatuses: [{ name: 'db', image: 'db:1', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
};
const unschedulable = {
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
};
const statefulSet = { ...kinds.replicaSet, kind: 'StatefulSet', plural: 'statefulsets' };
const onStatus = { subresource: 'status' } as const;
const said = 'Pod/db-0: containers in CrashLoop state: db';

/** A workload of one replica that is not ready, as its controller sees generation 2. */
const workload = (kind: string, status: object = { observedGeneration: 2, replicas: 1 }): UnknownObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'db', generation: 2 },
  spec: { replicas: 1 },
  status,
});
const podOf = (status: object, metadata: object = {}): UnknownObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'db-0', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
  spec: { containers: [{ name: 'db', image: 'db:1' }] },
  status,
});

const done = {
  observedGeneration: 2,
  replicas: 1,
  readyReplicas: 1,
  currentReplicas: 1,
  updatedReplicas: 1,
};

describe('workloads that fail with their pods (flux-semantics 9.2)', () => {
  const rows: readonly (readonly [what: string, UnknownObject, UnknownObject, string])[] = [
    ['a StatefulSet with a pod that crashes', workload('StatefulSet'), podOf(crashing), 'Failed'],
    ['a ReplicaSet with a pod that crashes', workload('ReplicaSet'), podOf(crashing), 'Failed'],
    ['a pod that finds no node', workload('StatefulSet'), podOf(unschedulable), 'InProgress'],
    [
      'a pod that is being deleted',
      workload('StatefulSet'),
      podOf(crashing, { deletionTimestamp: '2026-01-01T00:00:30Z' }),
      'InProgress',
    ],
    ['a pod that starts', workload('StatefulSet'), podOf({ phase: 'Pending' }), 'InProgress'],
    ['a workload that is there all the same', workload('StatefulSet', done), podOf(crashing), 'Current'],
    [
      'a spec that its controller has not seen',
      workload('StatefulSet', { observedGeneration: 1 }),
      podOf(crashing),
      'InProgress',
    ],
  ];
  for (const [what, owner, pod, status] of rows) {
    it(`${what} is ${status}`, () => {
      const sketch: UnknownObject = { ...podSketch(pod) };
      const health = withPodHealth(healthOf(owner, { now }), owner, [sketch], now);
      expect(health.status).to.equal(status);
      if (status === 'Failed') expect(health.message).to.equal(said);
    });
  }

  it('end the wait of a Kustomization at once', async () => {
    const world = new GitopsWorld([openCrd({ ...statefulSet, versions: ['v1'] })]);
    const labels =
      '{matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: []}}';
    world.git.commit('refs/heads/main', 'one', {
      'a.yaml': `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: shop}\nspec: {replicas: 1, serviceName: db, selector: ${labels}}\n`,
    });
    await world.createSource();
    await world.createKustomization({ wait: true, timeout: '5m' });
    await world.sandbox.clock.advance(2_000);
    expect(world.condition(await world.kustomization(), 'Healthy')).to.match(/^Unknown Progressing/);
    const { kube } = world.sandbox;
    const key = { kind: statefulSet, namespace: 'shop', name: 'db' };
    const { uid = '', generation } = (await kube.get(key))?.metadata ?? {};
    const status = { observedGeneration: generation, replicas: 1, readyReplicas: 0 };
    await kube.patch(key, { type: 'merge', body: { status } }, onStatus);
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid, controller: true };
    await kube.create(kinds.pod, {
      ...podOf({}),
      metadata: {
        name: 'db-0',
        namespace: 'shop',
        annotations: { 'sandbox.sluice.dev/crash-after': '5s' },
        labels: { app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' },
        ownerReferences: [owner],
      },
    });
    await world.sandbox.clock.advance(20_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(
      /^False HealthCheckFailed: health check failed after \S+: failed early due to stalled resources: \[StatefulSet\/shop\/db status: 'Failed': Pod\/db-0: containers in CrashLoop state: db\]$/,
    );
    expect(world.failures).to.deep.equal([]);
  });
});
