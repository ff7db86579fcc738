import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { deployment, liveShop, migrate } from './migration.js';
import { routedBy, shopObjects } from './shop.js';
import { namespace, type StoryWorld } from './world.js';

const strategies = {
  'a canary by pods': { canary: {} },
  'a canary with a stable Service': { canary: { stableService: 'web' } },
  'a canary behind a mesh': { canary: routedBy('istio') },
  'blue-green': { blueGreen: { activeService: 'web' } },
};

async function liveUnderLoad(): Promise<StoryWorld> {
  const routes = shopObjects({ strategy: {}, router: 'istio' }).filter(
    ({ kind }) => kind === 'VirtualService',
  );
  const world = await liveShop({ others: routes, gateway: { endpointDelayMs: 900, routeDelayMs: 900 } });
  world.sandbox.gateway.startLoad({ host: 'web', perSecond: 20 });
  world.sandbox.gateway.startLoad({ host: 'web.shop', perSecond: 20 });
  await world.sandbox.clock.advance(2_000);
  return world;
}

describe('a live Deployment under load', () => {
  for (const [name, strategy] of Object.entries(strategies)) {
    for (const scaleDown of ['onsuccess', 'progressively']) {
      it(`is taken over by ${name}, ${scaleDown}, without a lost request`, async () => {
        const world = await liveUnderLoad();
        await migrate(world, { scaleDown, strategy });
        await world.sandbox.clock.advance(60_000);
        expect((await deployment(world)).spec.replicas).to.equal(0);
        const { sent, losses } = world.sandbox.gateway.tally();
        expect(sent).to.be.above(2_000);
        expect(losses).to.deep.equal([]);
      });
    }
  }

  it('takes over again without a lost request when the Rollout is deleted with its ReplicaSets left behind', async () => {
    const world = await liveUnderLoad();
    await migrate(world, { scaleDown: 'onsuccess', strategy: strategies['a canary with a stable Service'] });
    await world.sandbox.clock.advance(60_000);
    const [rs] = (await world.replicaSets()).filter(
      ({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'Rollout',
    );
    await world.sandbox.kube.delete(
      { kind: kinds.rollout, namespace, name: 'web' },
      { propagationPolicy: 'Orphan' },
    );
    await world.sandbox.clock.advance(20_000);
    await world.sandbox.kube.delete({ kind: kinds.replicaSet, namespace, name: rs?.metadata.name ?? '' });
    await world.sandbox.clock.advance(20_000);
    expect((await world.pods()).every(({ metadata }) => metadata.name.startsWith('web-old'))).to.equal(true);
    expect(world.sandbox.gateway.tally().losses).to.deep.equal([]);
  });
});
