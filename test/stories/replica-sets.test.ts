import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { parseInstant } from '#core/time/instant.js';
import { routedBy, templateOf } from './shop.js';
import { hashOfImage, tell } from './telling.js';

const hashKey = 'rollouts-pod-template-hash';
const stepped = { canary: { maxSurge: 1, maxUnavailable: 0, steps: [{ setWeight: 50 }, { pause: {} }] } };
const stepless = { canary: { maxSurge: 1, maxUnavailable: 0 } };
const routed = (more: object = {}) => ({
  canary: { ...routedBy('istio'), steps: [{ setWeight: 50 }, { pause: {} }], ...more },
});

describe('ReplicaSets of a canary', () => {
  it('are named, labelled and owned as 5.1 says', async () => {
    const { replicaSet } = await tell({ replicas: 1, strategy: stepped, spec: { minReadySeconds: 3 } });
    const hash = hashOfImage('web:1');
    const rs = await replicaSet('web:1');
    const labels = { app: 'web', [hashKey]: hash };
    expect(rs?.metadata).to.deep.include({ name: `web-${hash}`, labels });
    expect(rs?.metadata.ownerReferences?.[0]).to.deep.include({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      name: 'web',
      controller: true,
      blockOwnerDeletion: true,
    });
    expect(rs?.spec).to.deep.include({ minReadySeconds: 3, selector: { matchLabels: labels } });
    expect(rs?.spec.template?.metadata?.labels).to.deep.equal(labels);
  });

  it('of an older controller keep their hash when their template means the same (5.3)', async () => {
    const legacy = '66597877b7';
    const {
      world,
      apply,
      status: patchStatus,
      wait,
      chronicle,
    } = await tell(
      { replicas: 1, strategy: stepped, image: 'web:9' },
      {
        objects: [strayReplicaSet('web-66597877b7', 'web:1', { app: 'web', [hashKey]: legacy })],
      },
    );
    await apply('web:1');
    await wait(20);
    await patchStatus({ promoteFull: true });
    await wait(20);
    const { status } = await world.rollout();
    expect([status.currentPodHash, status.stableRS, status.phase]).to.deep.equal([legacy, legacy, 'Healthy']);
    expect(chronicle.events().filter((event) => event.includes('NewReplicaSetCreated'))).to.have.length(1);
  });

  it('are taken over from nobody, and let go when they match no more (5.1)', async () => {
    const stray = strayReplicaSet('web-stray', 'web:0', { app: 'web', [hashKey]: 'stray' });
    const { world, wait } = await tell({ replicas: 1, strategy: stepless }, { objects: [stray] });
    const ownersOf = async () =>
      (await world.replicaSets()).find(({ metadata }) => metadata.name === 'web-stray')?.metadata
        .ownerReferences;
    expect((await ownersOf())?.map(({ kind }) => kind)).to.deep.equal(['Rollout']);
    await world.patch(kinds.replicaSet, 'web-stray', { metadata: { labels: { app: 'other' } } });
    await wait(5);
    expect((await ownersOf()) ?? []).to.deep.equal([]);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
  });

  it('found before the Rollout was seen are told of as found (9.1)', async () => {
    const hash = hashOfImage('web:1');
    const stray = strayReplicaSet(`web-${hash}`, 'web:1', { app: 'web', [hashKey]: hash });
    const { world, chronicle } = await tell({ replicas: 1, strategy: stepless }, { objects: [stray] });
    expect(chronicle.conditions('Progressing')[0]).to.equal('Progressing/True/FoundNewReplicaSet');
    expect((await world.rollout()).status).to.deep.include({ stableRS: hash, phase: 'Healthy' });
    expect(await world.replicaSets()).to.have.length(1);
  });

  it('whose name is taken get another hash (5.2)', async () => {
    const name = `web-${hashOfImage('web:1')}`;
    const taken = { ...strayReplicaSet(name, 'other:1', { app: 'other' }) };
    const { world } = await tell({ replicas: 1, strategy: stepless }, { objects: [taken] });
    const { status } = await world.rollout();
    expect(status.collisionCount).to.equal(1);
    expect(status.phase).to.equal('Healthy');
    expect(status.stableRS).to.not.equal(hashOfImage('web:1'));
  });

  it('are kept up to the history limit, oldest gone first, none with pods (5.6)', async () => {
    const { world, apply, wait } = await tell({
      replicas: 1,
      strategy: stepless,
      spec: { revisionHistoryLimit: 2 },
    });
    for (const image of ['web:2', 'web:3', 'web:4', 'web:5']) {
      await apply(image);
      await wait(15);
    }
    const images = (await world.replicaSets()).map(({ spec }) => spec.template?.spec?.containers[0]?.image);
    expect(images).to.have.members(['web:3', 'web:4', 'web:5']);
    await world.patch(kinds.rollout, 'web', { spec: { revisionHistoryLimit: 0 } });
    await wait(5);
    expect(await world.replicaSets()).to.have.length(1);
  });

  it('keep off the nodes of the stable one, whichever that is now (5.8)', async () => {
    const soft = { preferredDuringSchedulingIgnoredDuringExecution: { weight: 7 } };
    const strategy = { canary: { ...stepped.canary, antiAffinity: soft } };
    const { replicaSet, apply, wait, status, world } = await tell({ replicas: 1, strategy });
    const affinityOf = async (image: string) => (await replicaSet(image))?.spec.template?.spec?.['affinity'];
    const term = (hash: string) => ({
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 7,
            podAffinityTerm: {
              labelSelector: { matchExpressions: [{ key: hashKey, operator: 'In', values: [hash] }] },
              namespaces: ['shop'],
              topologyKey: 'kubernetes.io/hostname',
            },
          },
        ],
      },
    });
    expect(await affinityOf('web:1')).to.equal(undefined);
    await apply('web:2');
    await wait(10);
    expect(await affinityOf('web:2')).to.deep.equal(term(hashOfImage('web:1')));
    await apply('web:3');
    await wait(10);
    await status({ promoteFull: true });
    await wait(20);
    await apply('web:2');
    await wait(10);
    expect(await affinityOf('web:2')).to.deep.equal(term(hashOfImage('web:3')));
    expect(await world.replicaSets()).to.have.length(3);
  });

  it('carry the metadata of their role, from the first pod on, and no more after it (5.7)', async () => {
    const strategy = {
      canary: {
        ...stepped.canary,
        canaryMetadata: { labels: { role: 'canary' }, annotations: { b: 'x', a: 'y' } },
        stableMetadata: { labels: { role: 'stable' } },
      },
    };
    const { replicaSet, apply, wait, status, world } = await tell({ replicas: 1, strategy });
    const noteOf = async (image: string) =>
      (await replicaSet(image))?.metadata.annotations?.['rollout.argoproj.io/ephemeral-metadata'];
    const rolesOf = async () => {
      const pods = (await world.pods()).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      return pods.map(({ metadata }) => metadata.labels?.['role'] ?? 'none').toSorted();
    };
    expect(await noteOf('web:1')).to.equal('{"labels":{"role":"stable"}}');
    await apply('web:2');
    await wait(0.1);
    expect(await noteOf('web:2')).to.equal('{"labels":{"role":"canary"},"annotations":{"a":"y","b":"x"}}');
    await wait(10);
    expect(await rolesOf()).to.deep.equal(['canary', 'stable']);
    const hash = (await world.rollout()).status.currentPodHash;
    await status({ promoteFull: true });
    await wait(10);
    expect(await rolesOf()).to.deep.equal(['stable']);
    expect([await noteOf('web:1'), await noteOf('web:2')]).to.deep.equal([
      undefined,
      '{"labels":{"role":"stable"}}',
    ]);
    expect((await replicaSet('web:2'))?.spec.template?.metadata?.annotations ?? {}).to.deep.equal({});
    expect((await world.rollout()).status.stableRS).to.equal(hash);
  });

  it('that were stable keep their pods for the delay, the newest only where a limit is set (7.7)', async () => {
    const strategy = routed({ scaleDownDelaySeconds: 60, scaleDownDelayRevisionLimit: 1, steps: [] });
    const { apply, wait, pods, replicaSet, world } = await tell({ replicas: 2, strategy, router: 'istio' });
    await apply('web:2');
    await wait(20);
    const deadline = (await replicaSet('web:1'))?.metadata.annotations?.['scale-down-deadline'];
    expect(deadline).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect((parseInstant(deadline) ?? 0) - world.sandbox.clock.now()).to.be.within(40_000, 61_000);
    expect(await pods('web:1')).to.equal('2/2');
    await apply('web:3');
    await wait(20);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['0/0', '2/2']);
    await wait(70);
    expect(await pods('web:2')).to.equal('0/0');
    expect((await replicaSet('web:2'))?.metadata.annotations?.['scale-down-deadline']).to.equal(undefined);
    expect(
      (await world.rollout()).status.conditions?.find(({ type }) => type === 'Healthy')?.status,
    ).to.equal('True');
  });

  it('of a canary without a delay leave at once, and never with abortScaleDownDelaySeconds 0 (18: 1992)', async () => {
    const strategy = routed({ scaleDownDelaySeconds: 0, abortScaleDownDelaySeconds: 0 });
    const { apply, wait, pods, status } = await tell({ replicas: 2, strategy, router: 'istio' });
    await apply('web:2');
    await wait(20);
    await status({ abort: true });
    await wait(300);
    expect(await pods('web:2')).to.equal('1/1');
    await status({ promoteFull: true, abort: false });
    await wait(20);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['0/0', '2/2']);
  });
});

function strayReplicaSet(name: string, image: string, labels: Readonly<Record<string, string>>) {
  const template = { ...templateOf(image), metadata: { labels } };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace: 'shop', labels },
    spec: { replicas: 0, selector: { matchLabels: labels }, template },
  };
}
