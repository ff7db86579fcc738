import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { addMs, formatInstant } from '#core/time/instant.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld, namespace, type StoryWorld } from './world.js';

const budget: KubeObject & { readonly spec: unknown } = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
};
const budgets = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
};

describe('a restart', () => {
  async function settled(replicas: number, others: readonly KubeObject[] = []): Promise<StoryWorld> {
    const strategy = {
      canary: { maxUnavailable: 1, maxSurge: 1, steps: [{ setWeight: 50 }, { pause: {} }] },
    };
    const world = createStoryWorld({ objects: [...shopObjects({ replicas, strategy }), ...others] });
    await world.sandbox.clock.advance(20_000);
    return world;
  }

  async function restart(world: StoryWorld, inMs = 0): Promise<readonly string[]> {
    const names = (await world.pods()).map(({ metadata }) => metadata.name);
    const restartAt = formatInstant(addMs(world.sandbox.clock.now(), inMs));
    await world.patch(kinds.rollout, 'web', { spec: { restartAt } });
    return names;
  }

  it('is held by a disruption budget, asks now and then, and goes on when it may', async () => {
    const world = await settled(2, [budget]);
    const before = await restart(world);
    await world.sandbox.clock.advance(1_000);
    const passes = world.decisions.length;
    await world.sandbox.clock.advance(120_000);
    expect((await world.pods()).map(({ metadata }) => metadata.name)).to.deep.equal(before);
    expect((await world.rollout()).status.message).to.equal('rollout is restarting');
    expect(world.decisions.length - passes).to.be.within(3, 5);
    await world.sandbox.kube.delete({ kind: budgets, namespace, name: 'web' });
    await world.sandbox.clock.advance(120_000);
    const after = (await world.pods()).map(({ metadata }) => metadata.name);
    expect(after.filter((name) => before.includes(name))).to.deep.equal([]);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
    expect(world.failures).to.deep.equal([]);
  });

  it('waits for its moment and ends with a new template', async () => {
    const world = await settled(2);
    const before = await restart(world, 60_000);
    await world.sandbox.clock.advance(30_000);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
    expect((await world.pods()).map(({ metadata }) => metadata.name)).to.deep.equal(before);
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(60_000);
    const { spec, status } = await world.rollout();
    expect(status.restartedAt).to.equal(spec.restartAt);
    expect(status.phase).to.equal('Paused');
  });

  it('replaces the pods of a canary too, without taking its only pod away', async () => {
    const world = await settled(2);
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(30_000);
    const before = await restart(world);
    let least = Number.POSITIVE_INFINITY;
    world.sandbox.store.onChange(({ after }) => {
      const status = after?.kind === 'ReplicaSet' ? (after['status'] as Record<string, number>) : undefined;
      if (status !== undefined) least = Math.min(least, status['availableReplicas'] ?? 0);
    });
    await world.sandbox.clock.advance(120_000);
    const after = (await world.pods()).map(({ metadata }) => metadata.name);
    expect(after.filter((name) => before.includes(name))).to.deep.equal([]);
    expect(least).to.equal(1);
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.deep.equal([1, 1]);
    expect((await world.rollout()).status.message).to.equal('CanaryPauseStep');
  });
});
