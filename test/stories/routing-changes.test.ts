import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { routedBy, shopObjects, templateOf } from './shop.js';
import { createStoryWorld, namespace, type StoryWorld } from './world.js';

const virtualServices = {
  group: 'networking.istio.io',
  version: 'v1alpha3',
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};
const hashKey = 'rollouts-pod-template-hash';
/** Revisions that were there before the journal. */
const known = { cb5d95cc5: 'web:1', '859687bffd': 'web:2' } as const;
const steps = [{ setWeight: 50 }, { pause: {} }];

function weights(route: UnknownObject | undefined): string {
  const spec = route?.['spec'] as { http: { route: { weight?: number }[] }[] } | undefined;
  return (spec?.http ?? []).map((one) => one.route.map(({ weight = 0 }) => weight).join('/')).join(' ');
}

/** Every change that moves a request or a pod, with its moment in seconds. */
function journalOf(world: StoryWorld): string[] {
  const journal: string[] = [];
  const start = world.sandbox.clock.now();
  const images = new Map<string, string>(Object.entries(known));
  world.sandbox.store.onChange(({ before, after, removed }) => {
    const note = (what: string) =>
      journal.push(`${((world.sandbox.clock.now() - start) / 1000).toFixed(0)}s ${what}`);
    if (removed?.kind === 'Ingress') note(`removed ${removed.metadata.name}`);
    if (after === undefined) return;
    const name = after.metadata.name;
    if (after.kind === 'VirtualService') note(`${name} ${weights(after)}`);
    if (after.kind === 'Ingress')
      note(`${name} ${after.metadata.annotations?.['nginx.ingress.kubernetes.io/canary-weight']}`);
    const spec = after['spec'] as {
      replicas?: number;
      selector?: Record<string, string>;
      template?: { spec: { containers: { image: string }[] } };
    };
    const was = before?.['spec'] as typeof spec | undefined;
    if (after.kind === 'ReplicaSet') {
      const image = spec.template?.spec.containers[0]?.image ?? '';
      images.set(after.metadata.labels?.[hashKey] ?? '', image);
      const size = was?.replicas ?? 0; // a set may come with its first pods
      if (spec.replicas !== undefined && size !== spec.replicas) note(`${image} ${size}>${spec.replicas}`);
    }
    if (after.kind === 'Service' && was?.selector?.[hashKey] !== spec.selector?.[hashKey]) {
      const hash = spec.selector?.[hashKey];
      note(`${name}=${hash === undefined ? 'all' : images.get(hash)}`);
    }
  });
  return journal;
}

interface Start {
  readonly strategy: object;
  readonly router?: 'none' | 'istio' | 'nginx';
  readonly more?: readonly KubeObject[];
}

/** In the middle of an update: half of the pods and, with a router, half of the traffic. */
async function inTheMiddle({ strategy, router = 'istio', more = [] }: Start): Promise<StoryWorld> {
  const world = createStoryWorld({
    isBare: true,
    objects: [...shopObjects({ replicas: 4, router, strategy }), ...more],
  });
  await world.sandbox.clock.advance(30_000);
  await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
  await world.sandbox.clock.advance(30_000);
  return world;
}

const routed = { canary: { ...routedBy('istio'), steps } };

describe('a way of routing that changes in the middle of an update', () => {
  it('taken out: the weight goes back the old way, every proxy knows, and then pods alone decide', async () => {
    const world = await inTheMiddle({ strategy: routed });
    expect(weights(await world.get(virtualServices, 'web'))).to.equal('50/50');
    const journal = journalOf(world);
    await world.patch(kinds.rollout, 'web', { spec: { strategy: { canary: { trafficRouting: null } } } });
    await world.sandbox.clock.advance(500);
    expect(journal).to.deep.equal(['0s web 100/0']);
    expect((await world.rollout()).status.canary?.weights?.canary.weight).to.equal(0);
    await world.sandbox.clock.advance(30_000);
    expect(journal.slice(1)).to.deep.equal(['1s web:1 4>2']);
    const { status, metadata } = await world.rollout();
    expect(status.canary?.weights).to.equal(undefined);
    expect(metadata.finalizers ?? []).to.deep.equal([]);
    expect([status.phase, status.currentStepIndex]).to.deep.equal(['Paused', 1]);
    expect(world.failures).to.deep.equal([]);
  });

  it('another router: the old one lets go before the new one begins', async () => {
    const world = await inTheMiddle({
      strategy: routed,
      more: shopObjects({ strategy: {}, router: 'nginx' }).filter(({ kind }) => kind === 'Ingress'),
    });
    const journal = journalOf(world);
    await world.patch(kinds.rollout, 'web', {
      spec: {
        strategy: {
          canary: { trafficRouting: { istio: null, managedRoutes: null, nginx: { stableIngress: 'web' } } },
        },
      },
    });
    await world.sandbox.clock.advance(30_000);
    // The canary serves all the time, and so its new route gets its weight with its first write.
    expect(journal).to.deep.equal(['0s web 100/0', '1s web-web-canary 50']);
    expect((await world.rollout()).status.canary?.weights?.canary.weight).to.equal(50);
    expect(world.failures).to.deep.equal([]);
  });

  it('another strategy: blue-green takes over once nobody is shifted any more', async () => {
    const world = await inTheMiddle({ strategy: routed });
    const journal = journalOf(world);
    await world.patch(kinds.rollout, 'web', {
      spec: { strategy: { canary: null, blueGreen: { activeService: 'web', previewService: 'web-canary' } } },
    });
    await world.sandbox.clock.advance(20_000);
    expect(journal).to.deep.equal(['0s web 100/0', '1s web:2 2>4', '2s web=web:2']);
    const { status, metadata } = await world.rollout();
    expect([status.phase, status.canary, metadata.finalizers ?? []]).to.deep.equal([
      'Healthy',
      undefined,
      [],
    ]);
    expect(world.failures).to.deep.equal([]);
  });

  it('blue-green becomes a routed canary', async () => {
    const world = createStoryWorld({
      isBare: true,
      objects: shopObjects({
        replicas: 4,
        router: 'istio',
        strategy: { blueGreen: { activeService: 'web', previewService: 'web-canary' } },
      }),
    });
    await world.sandbox.clock.advance(20_000);
    await world.patch(kinds.rollout, 'web', { spec: { strategy: { blueGreen: null, ...routed } } });
    await world.sandbox.clock.advance(20_000);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
    const journal = journalOf(world);
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(20_000);
    expect(journal).to.deep.equal(['0s web:2 0>2', '1s web-canary=web:2', '2s web 50/50']);
    expect((await world.rollout()).status.canary?.weights?.canary.weight).to.equal(50);
    expect(world.failures).to.deep.equal([]);
  });

  it('added: what the pods had been given becomes a weight that they can carry', async () => {
    const { trafficRouting, ...services } = routedBy('istio');
    const world = await inTheMiddle({ strategy: { canary: { ...services, steps } } });
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.deep.equal([2, 2]);
    const journal = journalOf(world);
    await world.patch(kinds.rollout, 'web', { spec: { strategy: { canary: { trafficRouting } } } });
    await world.sandbox.clock.advance(20_000);
    expect(journal).to.deep.equal(['0s web 50/50', '0s web:1 2>4']);
    const { status } = await world.rollout();
    expect([status.phase, status.canary?.weights?.canary.weight]).to.deep.equal(['Paused', 50]);
    expect(world.failures).to.deep.equal([]);
  });

  it('the canary Service renamed: the old one is left before it is given back', async () => {
    const route = [
      { destination: { host: 'web' }, weight: 100 },
      { destination: { host: 'web-canary' }, weight: 0 },
      { destination: { host: 'web-next' }, weight: 0 },
    ];
    const [, service] = shopObjects({ strategy: {} });
    const next = { ...service!, metadata: { ...service!.metadata, name: 'web-next' } };
    const world = createStoryWorld({
      isBare: true,
      objects: [...shopObjects({ replicas: 4, router: 'istio', strategy: routed }), next],
    });
    await world.patch(virtualServices, 'web', { spec: { http: [{ name: 'primary', route }] } });
    await world.sandbox.clock.advance(20_000);
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(20_000);
    expect(weights(await world.get(virtualServices, 'web'))).to.equal('50/50/0');
    const journal = journalOf(world);
    await world.patch(kinds.rollout, 'web', {
      spec: { strategy: { canary: { canaryService: 'web-next' } } },
    });
    await world.sandbox.clock.advance(20_000);
    expect(journal).to.deep.equal([
      '0s web 100/0/0',
      '1s web-canary=all',
      '1s web-next=web:2',
      '2s web 50/0/50',
    ]);
    expect((await world.get(kinds.service, 'web-canary'))?.metadata.annotations).to.equal(undefined);
    const { status } = await world.rollout();
    expect(status.canary?.weights?.canary).to.deep.include({ weight: 50, serviceName: 'web-next' });
    expect(world.failures).to.deep.equal([]);
  });

  it('taken out together with the route: nothing is left to take back', async () => {
    const world = await inTheMiddle({ strategy: routed });
    await world.sandbox.kube.delete({ kind: virtualServices, namespace, name: 'web' }, {});
    await world.patch(kinds.rollout, 'web', { spec: { strategy: { canary: { trafficRouting: null } } } });
    await world.sandbox.clock.advance(20_000);
    const { status, metadata } = await world.rollout();
    expect([status.phase, status.canary?.weights, metadata.finalizers ?? []]).to.deep.equal([
      'Paused',
      undefined,
      [],
    ]);
    expect(
      world.decisions.flatMap(({ events }) => events.map(({ reason, message }) => `${reason}: ${message}`)),
    ).to.include(
      'TrafficLeftBehind: Istio is left as it is: VirtualService `web` not found in namespace `shop`',
    );
  });
});
