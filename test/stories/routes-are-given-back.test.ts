import { expect } from 'chai';
import { kinds, type Kind } from '#api/kinds.js';
import { routedBy, routedBySubsets, shopObjects } from './shop.js';
import { createStoryWorld, namespace } from './world.js';

const destinationRules: Kind = {
  group: 'networking.istio.io',
  version: 'v1alpha3',
  kind: 'DestinationRule',
  plural: 'destinationrules',
  namespaced: true,
};

describe('routes of a rollout', () => {
  async function settled(routing: object, router: 'subsets' | 'nginx') {
    const world = createStoryWorld({
      objects: shopObjects({ replicas: 1, router, strategy: { canary: { ...routing, steps: [] } } }),
    });
    await world.sandbox.clock.advance(30_000);
    return world;
  }
  const withoutRouting = { spec: { strategy: { canary: { trafficRouting: null } } } };

  it('a destination rule loses its hashes when the spec names it no more', async () => {
    const world = await settled(routedBySubsets, 'subsets');
    const hash = (await world.rollout()).status.stableRS;
    expect(JSON.stringify(await world.get(destinationRules, 'mesh'))).to.include(
      `"rollouts-pod-template-hash":"${hash}"`,
    );
    await world.patch(kinds.rollout, 'web', withoutRouting);
    await world.sandbox.clock.advance(10_000);
    const text = JSON.stringify(await world.get(destinationRules, 'mesh'));
    expect(text).to.not.include('"rollouts-pod-template-hash":"');
    expect(text).to.not.include('"argo-rollouts.argoproj.io/managed-by-rollouts":"');
  });

  it('a destination rule loses its hashes when the rollout is deleted', async () => {
    const world = await settled(routedBySubsets, 'subsets');
    await world.sandbox.kube.delete({ kind: kinds.rollout, namespace, name: 'web' });
    await world.sandbox.clock.advance(60_000);
    expect(JSON.stringify(await world.get(destinationRules, 'mesh'))).to.not.include(
      '"rollouts-pod-template-hash":"',
    );
  });

  it('the canary ingress goes when the spec asks for it no more', async () => {
    const world = await settled(routedBy('nginx'), 'nginx');
    expect(await world.get(kinds.ingress, 'web-web-canary')).to.not.equal(undefined);
    await world.patch(kinds.rollout, 'web', withoutRouting);
    await world.sandbox.clock.advance(10_000);
    expect(await world.get(kinds.ingress, 'web-web-canary')).to.equal(undefined);
    expect(await world.get(kinds.ingress, 'web')).to.not.equal(undefined);
  });
});
