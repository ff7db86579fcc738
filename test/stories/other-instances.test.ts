import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { createRolloutController } from '#controllers/rollout/index.js';
import { ofShard } from '../../src/main/instance.js';
import { createSilentLog } from '../fakes/silent-log.js';
import { deployment, liveShop, migrate } from './migration.js';
import { namespace } from './world.js';

describe('a controller of another instance', () => {
  it('takes nothing back from a Rollout that it does not see, until that one is gone', async () => {
    const strategy = { canary: { stableService: 'web', canaryService: 'web-canary' } };
    const world = await liveShop();
    await migrate(world, { scaleDown: 'onsuccess', strategy });
    await world.sandbox.clock.advance(30_000);
    const services = await world.services();
    const { engine, kube, clock, events } = world.sandbox;
    const deps = { cache: engine.cache, kube: engine.ownWrites(kube), clock, log: createSilentLog(), events };
    engine.start(ofShard(createRolloutController(deps, { watches: engine }), { instanceId: 'other' }));
    await clock.advance(20_000);
    expect(await world.services()).to.deep.equal(services);
    expect((await deployment(world)).spec.replicas).to.equal(0);

    await kube.delete({ kind: kinds.rollout, namespace, name: 'web' });
    engine.start(ofShard(createRolloutController(deps, { watches: engine }), { instanceId: 'other' }));
    await clock.advance(20_000);
    expect((await deployment(world)).spec.replicas).to.equal(4);
    const hashes = (await world.services()).map(({ spec }) => spec.selector?.['rollouts-pod-template-hash']);
    expect(hashes).to.deep.equal([undefined, undefined]);
  });
});
