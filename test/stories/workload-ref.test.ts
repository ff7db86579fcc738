import { expect } from 'chai';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { templateOf } from './shop.js';
import { deploymentOf, lendingDeployment, liveShop, migrate } from './migration.js';
import { namespace, type StoryWorld } from './world.js';

const generationKey = 'rollout.argoproj.io/workload-generation';

async function invalidMessage(world: StoryWorld): Promise<string> {
  const { status } = await world.rollout();
  return status.conditions?.find(({ type }) => type === 'InvalidSpec')?.message ?? 'valid';
}

async function images(world: StoryWorld): Promise<readonly string[]> {
  const sets = await world.replicaSets();
  return sets
    .filter(ownedByRollout)
    .map(({ spec }) => `${spec.template?.spec?.containers[0]?.image}=${spec.replicas}`);
}

function ownedByRollout({ metadata }: ReplicaSet): boolean {
  return metadata.ownerReferences?.[0]?.kind === 'Rollout';
}

describe('workloadRef (rollout-semantics 3)', () => {
  it('takes template and selector in memory and stores neither', async () => {
    const world = await liveShop();
    await migrate(world);
    await world.sandbox.clock.advance(20_000);
    const { spec, status, metadata } = await world.rollout();
    expect([spec.template, spec.selector]).to.deep.equal([undefined, undefined]);
    expect(status.phase).to.equal('Healthy');
    expect(status.selector).to.equal('app=web');
    expect(await images(world)).to.deep.equal(['web:1=4']);
    expect(metadata.annotations?.[generationKey]).to.equal('1');
    expect(status.workloadObservedGeneration).to.equal('1');
    const rs = (await world.replicaSets()).find(ownedByRollout);
    expect(rs?.metadata.annotations?.[generationKey]).to.equal('1');
    expect(world.failures).to.deep.equal([]);
  });

  it('makes a new revision of each change of the template, and follows its generation', async () => {
    const world = await liveShop();
    await migrate(world, { strategy: { canary: { steps: [{ setWeight: 25 }, { pause: {} }] } } });
    await world.sandbox.clock.advance(20_000);
    await world.patch(kinds.deployment, 'web-old', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(20_000);
    const { status, metadata } = await world.rollout();
    expect([status.phase, status.currentStepIndex]).to.deep.equal(['Paused', 1]);
    expect(metadata.annotations?.[generationKey]).to.equal('2');
    expect(status.workloadObservedGeneration).to.equal('2');
    expect(metadata.annotations?.['rollout.argoproj.io/revision']).to.equal('2');
  });

  it('notes a change of the workload that is none of the template, without a new revision', async () => {
    const world = await liveShop();
    await migrate(world);
    await world.sandbox.clock.advance(20_000);
    await world.patch(kinds.deployment, 'web-old', { spec: { replicas: 2 } });
    await world.sandbox.clock.advance(5_000);
    const { status, metadata } = await world.rollout();
    expect([metadata.annotations?.[generationKey], status.workloadObservedGeneration]).to.deep.equal([
      '2',
      '2',
    ]);
    expect(metadata.annotations?.['rollout.argoproj.io/revision']).to.equal('1');
    expect(status.phase).to.equal('Healthy');
  });

  const lenders: readonly (readonly [string, KubeObject, object])[] = [
    [
      'a ReplicaSet, which it does not take over',
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'lender', namespace },
        spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: templateOf('web:7') },
      } as KubeObject,
      {},
    ],
    [
      'a PodTemplate, with a selector of its own',
      {
        apiVersion: 'v1',
        kind: 'PodTemplate',
        metadata: { name: 'lender', namespace },
        template: templateOf('web:7'),
      } as KubeObject,
      { selector: { matchLabels: { app: 'web' } } },
    ],
  ];
  for (const [what, lender, spec] of lenders) {
    it(`takes the template of ${what}`, async () => {
      const world = await liveShop({ others: [lender] });
      await migrate(world, {
        ref: { apiVersion: lender.apiVersion, kind: lender.kind, name: 'lender' },
        spec,
      });
      await world.sandbox.clock.advance(20_000);
      expect(await invalidMessage(world)).to.equal('valid');
      expect((await world.rollout()).status.phase).to.equal('Healthy');
      expect(await images(world)).to.deep.equal(['web:7=4']);
      const kept = (await world.replicaSets()).find(({ metadata }) => metadata.name === 'lender');
      expect(kept?.metadata.ownerReferences).to.equal(undefined);
      expect(world.failures).to.deep.equal([]);
    });
  }

  const refused: readonly (readonly [string, object, object, string])[] = [
    [
      'of an unsupported kind',
      { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'x' },
      {},
      'spec.workloadRef: Invalid value: {"apiVersion":"apps/v1","kind":"StatefulSet","name":"x"}: workload of type apps/StatefulSet is not supported',
    ],
    [
      'that is missing',
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nobody' },
      {},
      'spec.workloadRef: Invalid value: {"apiVersion":"apps/v1","kind":"Deployment","name":"nobody"}: deployments.apps "shop/nobody" not found',
    ],
    [
      'beside a template of its own',
      lendingDeployment,
      { template: templateOf('web:1'), selector: { matchLabels: { app: 'web' } } },
      'spec.template: Internal error: template must be empty for workload reference rollout',
    ],
    [
      'without any selector',
      { apiVersion: 'v1', kind: 'PodTemplate', name: 'lender' },
      {},
      "spec.selector: Required value: Rollout has missing field '.spec.selector'",
    ],
  ];
  for (const [what, ref, spec, text] of refused) {
    it(`refuses a workload ${what} (2.5)`, async () => {
      const lender = { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'lender', namespace } };
      const template = { ...lender, template: templateOf('web:1') };
      const world = await liveShop({ others: [template] });
      await migrate(world, { ref, spec });
      await world.sandbox.clock.advance(2_000);
      expect(await invalidMessage(world)).to.equal(`The Rollout "web" is invalid: ${text}`);
      const { status } = await world.rollout();
      expect([status.phase, status.message]).to.deep.equal([
        'Degraded',
        `InvalidSpec: The Rollout "web" is invalid: ${text}`,
      ]);
      expect(await images(world)).to.deep.equal([]);
    });
  }

  it('goes on at once when a missing workload appears', async () => {
    const world = await liveShop();
    await migrate(world, { ref: { ...lendingDeployment, name: 'later' } });
    await world.sandbox.clock.advance(5_000);
    expect((await world.rollout()).status.phase).to.equal('Degraded');
    const later = deploymentOf(1, 'web:3');
    await world.sandbox.kube.create(kinds.deployment, { ...later, metadata: { name: 'later', namespace } });
    await world.sandbox.clock.advance(3_000);
    expect(await invalidMessage(world)).to.equal('valid');
    expect(await images(world)).to.deep.equal(['web:3=4']);
  });

  it('keeps its pods while the workload is away, and its revision when an equal one comes back', async () => {
    const world = await liveShop();
    await migrate(world);
    await world.sandbox.clock.advance(20_000);
    const pods = (await world.pods()).filter(
      ({ metadata }) => metadata.name.startsWith('web-') && !metadata.name.startsWith('web-old'),
    );
    await world.sandbox.kube.delete({ kind: kinds.deployment, namespace, name: 'web-old' });
    await world.sandbox.clock.advance(60_000);
    expect((await world.rollout()).status.message).to.contain('deployments.apps "shop/web-old" not found');
    await world.sandbox.kube.create(kinds.deployment, deploymentOf(2));
    await world.sandbox.clock.advance(20_000);
    const { status, metadata } = await world.rollout();
    expect([status.phase, status.workloadObservedGeneration]).to.deep.equal(['Healthy', '1']);
    expect(metadata.annotations?.['rollout.argoproj.io/revision']).to.equal('1');
    const names = (await world.pods()).map((pod) => pod.metadata.name);
    expect(names).to.include.members(pods.map((pod) => pod.metadata.name));
  });

  it('may be switched to and from an inline template without a new revision', async () => {
    const world = await liveShop();
    await migrate(world);
    await world.sandbox.clock.advance(20_000);
    const inline = {
      workloadRef: null,
      template: templateOf('web:1'),
      selector: { matchLabels: { app: 'web' } },
    };
    await world.patch(kinds.rollout, 'web', { spec: inline });
    await world.sandbox.clock.advance(5_000);
    const first = await world.rollout();
    expect([first.status.phase, first.status.workloadObservedGeneration]).to.deep.equal([
      'Healthy',
      undefined,
    ]);
    expect(first.metadata.annotations).to.not.have.property(generationKey);
    await world.patch(kinds.rollout, 'web', { spec: { workloadRef: lendingDeployment, template: null } });
    await world.sandbox.clock.advance(5_000);
    const second = await world.rollout();
    expect([second.status.phase, second.status.workloadObservedGeneration]).to.deep.equal(['Healthy', '1']);
    expect(second.metadata.annotations?.['rollout.argoproj.io/revision']).to.equal('1');
    expect(await images(world)).to.deep.equal(['web:1=4']);
    expect(world.failures).to.deep.equal([]);
  });

  it('is at rest: nothing is written when nothing changes', async () => {
    const world = await liveShop();
    await migrate(world, { scaleDown: 'progressively' });
    await world.sandbox.clock.advance(30_000);
    const writes = world.sandbox.journal().length;
    world.restart();
    await world.sandbox.clock.advance(60_000);
    expect(world.sandbox.journal().slice(writes)).to.deep.equal([]);
  });

  it('watches no kind of workload before a Rollout names one', async () => {
    const asked: string[] = [];
    const world = await liveShop({
      watches: { ensure: (request) => (asked.push(request.kind.kind), world.sandbox.engine.ensure(request)) },
    });
    expect(asked).to.deep.equal([]);
    await migrate(world);
    expect([...new Set(asked)]).to.deep.equal(['Deployment', 'HorizontalPodAutoscaler']);
  });

  it('takes no decision before it has seen the workloads, and says so when none can be read', async () => {
    const unseen = { hasSynced: () => false, get: () => undefined, ownedBy: () => [] };
    const world = await liveShop({ watches: { ensure: () => unseen } });
    await migrate(world);
    await world.sandbox.clock.advance(50_000);
    expect((await world.rollout()).status).to.equal(undefined);
    await world.sandbox.clock.advance(15_000);
    expect(await invalidMessage(world)).to.contain(
      'deployments cannot be read: no list of them came within a minute',
    );
  });
});
