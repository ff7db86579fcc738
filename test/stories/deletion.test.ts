import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { Watchman } from '../laws/watchman.js';
import { routedBy, routedBySubsets, shopObjects, templateOf } from './shop.js';
import { createStoryWorld, namespace, type StoryWorld } from './world.js';

const istio = { group: 'networking.istio.io', version: 'v1alpha3', namespaced: true } as const;
const virtualServices = { ...istio, kind: 'VirtualService', plural: 'virtualservices' };
const finalizer = 'sluice.dev/traffic';
const rolloutKey = { kind: kinds.rollout, namespace, name: 'web' };

function weights(route: UnknownObject | undefined): string {
  const spec = route?.['spec'] as { http: { route: { weight?: number }[] }[] } | undefined;
  return (spec?.http ?? []).map((one) => one.route.map(({ weight = 0 }) => weight).join('/')).join(' ');
}

function eventsOf({ decisions }: StoryWorld): readonly string[] {
  return decisions.flatMap(({ events }) => events.map(({ reason, message }) => `${reason}: ${message}`));
}

/** The cluster at the moment at which the Rollout went. */
function atTheEnd(world: StoryWorld): { readonly seen: string[] } {
  const seen: string[] = [];
  world.sandbox.store.onChange(({ after, removed }) => {
    if (after !== undefined || removed?.kind !== 'Rollout') return;
    const { table } = world.sandbox.store.view();
    const all = table.storageKeys().flatMap((key) => table.list(key, undefined));
    seen.push(
      `weights ${all
        .filter(({ kind }) => kind === 'VirtualService')
        .map(weights)
        .join()}`,
    );
    seen.push(`pods ${all.filter(({ kind }) => kind === 'Pod').length}`);
    for (const { kind, metadata, spec } of all as (UnknownObject & { spec: { selector?: object } })[]) {
      if (kind === 'Service') seen.push(`${metadata.name} ${JSON.stringify(spec.selector)}`);
    }
  });
  return { seen };
}

async function shifting(weight = 50, strategy: object = {}): Promise<StoryWorld> {
  const steps = [{ setWeight: weight }, { pause: {} }];
  const world = createStoryWorld({
    isBare: true,
    objects: shopObjects({
      replicas: 4,
      router: 'istio',
      strategy: { canary: { ...routedBy('istio'), steps, ...strategy } },
    }),
  });
  await world.sandbox.clock.advance(10_000);
  expect((await world.rollout()).metadata.finalizers).to.equal(undefined);
  await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
  await world.sandbox.clock.advance(20_000);
  return world;
}

describe('a Rollout that is deleted', () => {
  it('is held by a finalizer from before the first weight until no proxy has one any more', async () => {
    const world = await shifting();
    const journal: string[] = [];
    world.sandbox.store.onChange(({ before, after }) => {
      const held = (object?: UnknownObject) => object?.metadata.finalizers?.includes(finalizer) === true;
      if (after?.kind === 'Rollout' && held(before) !== held(after))
        journal.push(held(after) ? 'held' : 'free');
      if (after?.kind === 'VirtualService') journal.push(weights(after));
    });
    expect((await world.rollout()).metadata.finalizers).to.deep.equal([finalizer]);
    await world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
    await world.sandbox.clock.advance(900);
    expect(journal).to.deep.equal(['100/0']);
    await world.sandbox.clock.advance(10_000);
    expect(journal).to.deep.equal(['100/0', 'free']);
    await world.patch(kinds.rollout, 'web', { status: { abort: false } }, 'status');
    await world.sandbox.clock.advance(10_000);
    expect(journal.slice(2)).to.deep.equal(['held', '50/50']);
    expect((await world.rollout()).metadata.finalizers).to.deep.equal([finalizer]);
    expect(world.failures).to.deep.equal([]);
  });

  for (const propagationPolicy of ['Background', 'Orphan'] as const) {
    it(`${propagationPolicy}: takes the weight back, lets every proxy know, gives back, and goes`, async () => {
      const world = await shifting();
      const watchman = new Watchman(world.sandbox, { propagationMs: 1000 });
      const end = atTheEnd(world);
      await world.sandbox.kube.delete(rolloutKey, { propagationPolicy });
      await world.sandbox.clock.advance(500);
      expect(weights(await world.get(virtualServices, 'web'))).to.equal('100/0');
      const { status } = await world.rollout();
      expect([status.phase, status.message]).to.deep.equal([
        'Progressing',
        'traffic goes back to stable before the rollout is deleted',
      ]);
      expect(await world.pods()).to.have.length(6);
      await world.sandbox.clock.advance(1_000);
      expect(await world.findRollout()).to.equal(undefined);
      expect(end.seen).to.deep.equal([
        'weights 100/0',
        'pods 6',
        'web {"app":"web"}',
        'web-canary {"app":"web"}',
      ]);
      expect(watchman.broken).to.deep.equal([]);
      await world.sandbox.clock.advance(30_000);
      expect(await world.replicaSets()).to.have.length(propagationPolicy === 'Orphan' ? 2 : 0);
      expect(world.failures).to.deep.equal([]);
    });
  }

  it('Foreground: does not wait for pods that are gone', async () => {
    const world = await shifting();
    const end = atTheEnd(world);
    await world.sandbox.kube.delete(rolloutKey, { propagationPolicy: 'Foreground' });
    await world.sandbox.clock.advance(10_000);
    expect(await world.findRollout()).to.equal(undefined);
    expect(end.seen[0]).to.equal('weights 100/0');
    expect(world.failures).to.deep.equal([]);
  });

  it('lets stable grow first where it had fewer pods', async () => {
    const world = await shifting(50, { dynamicStableScale: true });
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.deep.equal([2, 2]);
    const watchman = new Watchman(world.sandbox, { propagationMs: 1000 });
    await world.sandbox.kube.delete(rolloutKey, { propagationPolicy: 'Background' });
    await world.sandbox.clock.advance(500);
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.deep.equal([2, 4]);
    expect(weights(await world.get(virtualServices, 'web'))).to.equal('50/50');
    await world.sandbox.clock.advance(3_500);
    expect(await world.findRollout()).to.equal(undefined);
    expect(watchman.broken).to.deep.equal([]);
  });

  it('names the route that is gone, and goes', async () => {
    const world = await shifting();
    await world.sandbox.kube.delete({ kind: virtualServices, namespace, name: 'web' }, {});
    await world.sandbox.kube.delete(rolloutKey, { propagationPolicy: 'Background' });
    await world.sandbox.clock.advance(2_000);
    expect(await world.findRollout()).to.equal(undefined);
    expect(eventsOf(world)).to.include(
      'TrafficLeftBehind: Istio is left as it is: VirtualService `web` not found in namespace `shop`',
    );
  });

  it('goes after two minutes when its traffic cannot be taken back', async () => {
    const world = await shifting(50, { dynamicStableScale: true });
    for (const pod of await world.pods())
      world.sandbox.pods.setReady(pod, pod.metadata.name.includes('859687bffd'));
    await world.sandbox.kube.delete(rolloutKey, { propagationPolicy: 'Background' });
    await world.sandbox.clock.advance(115_000);
    expect(await world.findRollout()).to.not.equal(undefined);
    await world.sandbox.clock.advance(6_000);
    expect(await world.findRollout()).to.equal(undefined);
    expect(eventsOf(world).filter((text) => text.startsWith('TrafficLeftBehind'))).to.have.length(1);
  });

  it('does not hold its namespace', async () => {
    const world = await shifting();
    await world.sandbox.kube.delete({ kind: kinds.namespace, name: namespace }, {});
    await world.sandbox.clock.advance(60_000);
    expect(await world.sandbox.kube.get({ kind: kinds.namespace, name: namespace })).to.equal(undefined);
  });

  it('holds again when a manifest replaced its finalizers', async () => {
    const world = await shifting();
    await world.patch(kinds.rollout, 'web', { metadata: { finalizers: null } });
    await world.sandbox.clock.advance(1_000);
    expect((await world.rollout()).metadata.finalizers).to.deep.equal([finalizer]);
  });

  it('takes subset hashes and header routes back too', async () => {
    const world = createStoryWorld({
      isBare: true,
      objects: shopObjects({
        replicas: 2,
        router: 'subsets',
        strategy: {
          canary: {
            ...routedBySubsets,
            steps: [
              { setCanaryScale: { replicas: 1 } },
              { setHeaderRoute: { name: 'beta', match: [{ headerName: 'x', headerValue: { exact: '1' } }] } },
              { pause: {} },
            ],
          },
        },
      }),
    });
    await world.sandbox.clock.advance(10_000);
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(20_000);
    expect(JSON.stringify(await world.get(virtualServices, 'mesh'))).to.include('"beta"');
    expect((await world.rollout()).metadata.finalizers).to.deep.equal([finalizer]);
    await world.sandbox.kube.delete(rolloutKey, { propagationPolicy: 'Background' });
    await world.sandbox.clock.advance(900);
    expect(JSON.stringify(await world.get(virtualServices, 'mesh'))).to.not.include('"beta"');
    expect(await world.findRollout()).to.not.equal(undefined);
    await world.sandbox.clock.advance(10_000);
    expect(await world.findRollout()).to.equal(undefined);
    const rules = { ...istio, kind: 'DestinationRule', plural: 'destinationrules' };
    expect(JSON.stringify(await world.get(rules, 'mesh'))).to.not.include('rollouts-pod-template-hash":"');
    expect(world.failures).to.deep.equal([]);
  });
});
