import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { shopObjects } from './shop.js';
import { createStoryWorld, namespace } from './world.js';

const managedBy = 'argo-rollouts.argoproj.io/managed-by-rollouts';

describe('services of a rollout', () => {
  async function settled() {
    const world = createStoryWorld({
      objects: shopObjects({
        replicas: 1,
        strategy: { canary: { stableService: 'web', canaryService: 'web-canary', steps: [] } },
      }),
    });
    await world.sandbox.clock.advance(10_000);
    return world;
  }

  it('get their selector back when the spec names them no more', async () => {
    const world = await settled();
    await world.patch(kinds.rollout, 'web', { spec: { strategy: { canary: { canaryService: null } } } });
    await world.sandbox.clock.advance(10_000);
    const [stable, canary] = await world.services();
    expect(canary?.spec.selector).to.deep.equal({ app: 'web' });
    expect(canary?.metadata.annotations?.[managedBy]).to.equal(undefined);
    expect(stable?.metadata.annotations?.[managedBy]).to.equal('web');
  });

  it('get their selector back when the rollout is deleted', async () => {
    const world = await settled();
    await world.sandbox.kube.delete({ kind: kinds.rollout, namespace, name: 'web' });
    await world.sandbox.clock.advance(60_000);
    const selectors = (await world.services()).map(({ spec }) => spec.selector);
    expect(selectors).to.deep.equal([{ app: 'web' }, { app: 'web' }]);
    expect(await world.replicaSets()).to.deep.equal([]);
  });

  it('an invalid rollout is looked at again and goes on once its service is there', async () => {
    const objects = shopObjects({
      replicas: 1,
      strategy: { canary: { stableService: 'web', canaryService: 'web-canary', steps: [] } },
    });
    const late = objects.find(({ metadata }) => metadata.name === 'web-canary')!;
    const world = createStoryWorld({ objects: objects.filter((object) => object !== late) });
    await world.sandbox.clock.advance(5_000);
    expect((await world.rollout()).status.phase).to.equal('Degraded');
    expect((await world.rollout()).status.message).to.contain('service "web-canary" not found');
    await world.sandbox.kube.create(kinds.service, late);
    await world.sandbox.clock.advance(5_000);
    const { status } = await world.rollout();
    expect([status.phase, status.message]).to.deep.equal(['Healthy', undefined]);
    expect(status.conditions?.map(({ type }) => type)).to.not.include('InvalidSpec');
  });
});
