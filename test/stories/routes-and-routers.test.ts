import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { Watchman } from '../laws/watchman.js';
import { routedBy, shopObjects, templateOf } from './shop.js';
import { createStoryWorld, type StoryWorld } from './world.js';

const virtualServices = {
  group: 'networking.istio.io',
  version: 'v1alpha3',
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};
const weightKey = 'nginx.ingress.kubernetes.io/canary-weight';

interface Route {
  readonly name: string;
  readonly mirror?: unknown;
  readonly route: readonly { readonly weight?: number }[];
}

function routesOf(route: UnknownObject | undefined): string {
  const { http } = (route?.['spec'] ?? { http: [] }) as { readonly http: readonly Route[] };
  return http
    .map(({ name, mirror, route: split }) => {
      const weights = split.map(({ weight = 0 }) => weight).join('/');
      return `${name}${mirror === undefined ? '' : ' mirror'} ${weights}`;
    })
    .join(', ');
}

/** Every change of the split, with its moment in seconds. */
function journalOf(world: StoryWorld): string[] {
  const journal: string[] = [];
  const start = world.sandbox.clock.now();
  world.sandbox.store.onChange(({ before, after }) => {
    const note = (what: string) =>
      journal.push(`${((world.sandbox.clock.now() - start) / 1000).toFixed(0)}s ${what}`);
    if (after?.kind === 'VirtualService') note(routesOf(after));
    if (after?.kind === 'Ingress')
      note(`${before === undefined ? 'new ' : ''}ingress ${after.metadata.annotations?.[weightKey]}`);
    const selector = (object: UnknownObject | undefined) =>
      (object?.['spec'] as { selector?: Record<string, string> } | undefined)?.selector?.[
        'rollouts-pod-template-hash'
      ];
    if (after?.kind === 'Service' && selector(before) !== selector(after))
      note(`${after.metadata.name} moves`);
    // A set may come with its first pods.
    const size = (object: UnknownObject | undefined) =>
      (object?.['spec'] as { replicas?: number } | undefined)?.replicas ?? 0;
    if (after?.kind === 'ReplicaSet' && size(before) !== size(after))
      note(`pods ${size(before)}>${size(after)}`);
  });
  return journal;
}

async function release(canary: object, router: 'istio' | 'nginx', more: readonly KubeObject[] = []) {
  const world = createStoryWorld({
    objects: [...shopObjects({ replicas: 2, router, strategy: { canary } }), ...more],
    isBare: true,
  });
  const watchman = new Watchman(world.sandbox, { propagationMs: 1000 });
  await world.sandbox.clock.advance(30_000);
  const journal = journalOf(world);
  const sound = () => expect([watchman.broken, world.failures]).to.deep.equal([[], []]);
  return { world, journal, sound };
}

const apply = (world: StoryWorld, image: string) =>
  world.patch(kinds.rollout, 'web', { spec: { template: templateOf(image) } });
const order = (world: StoryWorld, status: object) => world.patch(kinds.rollout, 'web', { status }, 'status');

describe('managed routes (3.1, 10)', () => {
  const match = [{ headerName: 'x', headerValue: { exact: '1' } }];
  const canary = (steps: readonly object[]) => {
    const { trafficRouting, ...services } = routedBy('istio');
    const managedRoutes = [{ name: 'second' }, { name: 'first' }, { name: 'third' }];
    return {
      ...services,
      scaleDownDelaySeconds: 2,
      abortScaleDownDelaySeconds: 2,
      trafficRouting: { ...trafficRouting, managedRoutes },
      steps,
    };
  };
  const steps = [
    { setCanaryScale: { weight: 50 } },
    { setHeaderRoute: { name: 'first', match } },
    { setMirrorRoute: { name: 'second', percentage: 35, match: [{ path: { prefix: '/' } }] } },
    { setWeight: 50 },
    { pause: {} },
    { setHeaderRoute: { name: 'first' } },
    { pause: {} },
  ];

  it('stand in the order of managedRoutes, are never set at install, and go by a step without match', async () => {
    const { world, journal, sound } = await release(canary(steps), 'istio');
    expect(routesOf(await world.get(virtualServices, 'web'))).to.equal('primary 100/0');
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(20_000);
    // The mirror takes its own split from the primary route.
    expect(journal).to.deep.equal([
      '0s pods 0>1',
      '1s web-canary moves',
      '2s first 100, primary 100/0',
      '3s second mirror 100/0, first 100, primary 100/0',
      '4s second mirror 50/50, first 100, primary 50/50',
    ]);
    await order(world, { pauseConditions: null });
    await world.sandbox.clock.advance(20_000);
    expect(routesOf(await world.get(virtualServices, 'web'))).to.equal('second mirror 50/50, primary 50/50');
    await order(world, { pauseConditions: null });
    await world.sandbox.clock.advance(20_000);
    expect(routesOf(await world.get(virtualServices, 'web'))).to.equal('primary 100/0');
    expect((await world.rollout()).status.phase).to.equal('Healthy');
    sound();
  });

  it("are told of in the words of the peer, and their own end is nobody else's change (17)", async () => {
    const { world } = await release(canary(steps), 'istio');
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(20_000);
    for (const _ of ['the route goes', 'the release ends']) {
      await order(world, { pauseConditions: null });
      await world.sandbox.clock.advance(20_000);
    }
    const told = world.decisions
      .flatMap(({ events }) => events)
      .filter(({ reason }) => reason === 'Updated VirtualService' || reason === 'TrafficRestored')
      .map(({ message }) => message);
    const about = 'VirtualService `web` set';
    expect(told).to.deep.equal([
      `${about} headerRoute 'first'`,
      `${about} mirrorRoute 'second'`,
      `${about} to desiredWeight '50'`,
      // One write for each route that goes.
      `${about} to desiredWeight '50'`,
      `${about} to desiredWeight '50'`,
      `${about} to desiredWeight '100'`,
      `${about} to desiredWeight '0'`,
    ]);
  });

  for (const [what, status] of [
    ['an abort', { abort: true }],
    ['a full promotion', { promoteFull: true }],
  ] as const) {
    it(`go at once with ${what}, before any pod`, async () => {
      const { world, journal, sound } = await release(canary(steps), 'istio');
      await apply(world, 'web:2');
      await world.sandbox.clock.advance(20_000);
      journal.length = 0;
      await order(world, status);
      await world.sandbox.clock.advance(500);
      const routes = journal.filter((line) => line.includes('primary'));
      expect(routes[0]).to.match(/^20s primary /);
      await world.sandbox.clock.advance(20_000);
      expect(routesOf(await world.get(virtualServices, 'web'))).to.equal('primary 100/0');
      sound();
    });
  }

  it('go with a new revision before the canary Service moves, and come back with its own step', async () => {
    const { world, journal, sound } = await release(canary(steps), 'istio');
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(20_000);
    journal.length = 0;
    await apply(world, 'web:3');
    await world.sandbox.clock.advance(20_000);
    expect(journal.filter((line) => !line.includes('pods'))).to.deep.equal([
      '20s primary 100/0',
      '21s web-canary moves',
      '22s first 100, primary 100/0',
      '23s second mirror 100/0, first 100, primary 100/0',
      '24s second mirror 50/50, first 100, primary 50/50',
    ]);
    sound();
  });

  it('keep a pod behind them whatever setCanaryScale says (4486, 3501)', async () => {
    const { world, sound } = await release(
      canary([
        { setCanaryScale: { replicas: 1 } },
        { setHeaderRoute: { name: 'first', match } },
        { setCanaryScale: { matchTrafficWeight: true } },
        { pause: {} },
      ]),
      'istio',
    );
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(20_000);
    expect(routesOf(await world.get(virtualServices, 'web'))).to.equal('first 100, primary 100/0');
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.have.members([2, 1]);
    expect((await world.rollout()).status.phase).to.equal('Paused');
    sound();
  });

  it('written before the spec forgot them go too', async () => {
    const { world, sound } = await release(canary(steps), 'istio');
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(20_000);
    const plain = { steps: [{ setWeight: 50 }, { pause: {} }], trafficRouting: { managedRoutes: null } };
    await world.patch(kinds.rollout, 'web', { spec: { strategy: { canary: plain } } });
    await world.sandbox.clock.advance(20_000);
    expect(routesOf(await world.get(virtualServices, 'web'))).to.equal('primary 50/50');
    sound();
  });
});

describe('nginx (3.2)', () => {
  it('waits for its 5 seconds once before the first weight, and once a step', async () => {
    const { world, journal, sound } = await release(
      { ...routedBy('nginx'), steps: [{ setWeight: 20 }, { setWeight: 50 }, { pause: {} }] },
      'nginx',
    );
    expect((await world.get(kinds.ingress, 'web-web-canary'))?.metadata.annotations?.[weightKey]).to.equal(
      '0',
    );
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(40_000);
    expect(journal).to.deep.equal(['0s pods 0>1', '1s web-canary moves', '6s ingress 20', '11s ingress 50']);
    sound();
  });

  it('counts in parts of maxTrafficWeight', async () => {
    const { trafficRouting, ...services } = routedBy('nginx');
    const { world } = await release(
      {
        ...services,
        trafficRouting: { ...trafficRouting, maxTrafficWeight: 1000 },
        scaleDownDelaySeconds: 0,
        steps: [{ setWeight: 250 }, { pause: {} }, { setWeight: 1000 }, { pause: {} }],
      },
      'nginx',
    );
    const annotations = async () => (await world.get(kinds.ingress, 'web-web-canary'))?.metadata.annotations;
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(30_000);
    expect(await annotations()).to.deep.include({ [weightKey]: '250', [`${weightKey}-total`]: '1000' });
    const { status } = await world.rollout();
    expect([status.canary?.weights?.canary.weight, status.canary?.weights?.stable.weight]).to.deep.equal([
      250, 750,
    ]);
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.have.members([2, 1]);
    await order(world, { pauseConditions: null });
    await world.sandbox.clock.advance(30_000);
    expect(await annotations()).to.deep.include({ [weightKey]: '1000' });
    await order(world, { pauseConditions: null });
    await world.sandbox.clock.advance(40_000);
    expect(await annotations()).to.deep.include({ [weightKey]: '0' });
    expect((await world.rollout()).status.phase).to.equal('Healthy');
  });
});

describe('several routers at once (1.1)', () => {
  it('get the same weight in one pass, and the slowest decides when the next thing may happen', async () => {
    const ingress = shopObjects({ strategy: {}, router: 'nginx' }).filter(({ kind }) => kind === 'Ingress');
    const { trafficRouting, ...services } = routedBy('istio');
    const { world, journal, sound } = await release(
      {
        ...services,
        abortScaleDownDelaySeconds: 1,
        trafficRouting: { ...trafficRouting, nginx: { stableIngress: 'web' } },
        steps: [{ setWeight: 50 }, { pause: {} }],
      },
      'istio',
      ingress,
    );
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(20_000);
    expect(journal).to.deep.equal([
      '0s pods 0>1',
      '1s web-canary moves',
      '6s primary 50/50',
      '6s ingress 50',
    ]);
    journal.length = 0;
    await order(world, { abort: true });
    await world.sandbox.clock.advance(30_000);
    expect(journal).to.deep.equal([
      '20s primary 100/0',
      '20s ingress 0',
      '25s web-canary moves',
      '31s pods 1>0',
    ]);
    sound();
  });

  it('none is written while one of them cannot be', async () => {
    const ingress = shopObjects({ strategy: {}, router: 'nginx' }).filter(({ kind }) => kind === 'Ingress');
    const { trafficRouting, ...services } = routedBy('istio');
    const { world, journal } = await release(
      {
        ...services,
        trafficRouting: { ...trafficRouting, nginx: { stableIngress: 'web' } },
        steps: [{ setWeight: 50 }, { pause: {} }],
      },
      'istio',
      ingress,
    );
    await world.sandbox.kube.delete({ kind: kinds.ingress, namespace: 'shop', name: 'web' }, {});
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(30_000);
    expect(journal.filter((line) => line.includes('primary'))).to.deep.equal([]);
    expect((await world.rollout()).status.message).to.contain('ingress.networking.k8s.io "web" not found');
  });
});
