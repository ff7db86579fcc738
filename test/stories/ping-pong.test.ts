import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { Watchman } from '../laws/watchman.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld, type StoryWorld } from './world.js';

const virtualServices = {
  group: 'networking.istio.io',
  version: 'v1alpha3',
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};
const hashKey = 'rollouts-pod-template-hash';
const strategy = {
  canary: {
    pingPong: { pingService: 'web', pongService: 'web-canary' },
    trafficRouting: { istio: { virtualService: { name: 'web', routes: ['primary'] } } },
    scaleDownDelaySeconds: 5,
    abortScaleDownDelaySeconds: 5,
    steps: [{ setWeight: 50 }, { pause: {} }],
  },
};

function weightOf(route: UnknownObject, host: string): number {
  const spec = route['spec'] as { http: { route: { destination: { host: string }; weight: number }[] }[] };
  return spec.http[0]?.route.find(({ destination }) => destination.host === host)?.weight ?? 0;
}

interface Told {
  readonly world: StoryWorld;
  readonly watchman: Watchman;
  /** Selectors that moved while proxies sent something there. */
  readonly movedLive: string[];
}

async function tell(options: object = {}): Promise<Told> {
  const world = createStoryWorld({
    isBare: true,
    objects: shopObjects({
      replicas: 4,
      router: 'istio',
      strategy: { canary: { ...strategy.canary, ...options } },
    }),
  });
  const watchman = new Watchman(world.sandbox, { propagationMs: 1000 });
  const movedLive: string[] = [];
  let route: UnknownObject | undefined;
  world.sandbox.store.onChange(({ before, after }) => {
    if (after?.kind === 'VirtualService') route = after;
    if (after?.kind !== 'Service' || before === undefined || route === undefined) return;
    const hash = (object: UnknownObject) =>
      (object['spec'] as { selector: Record<string, string> }).selector[hashKey] ?? '';
    const isMoved = hash(before) !== '' && hash(before) !== hash(after);
    if (isMoved && weightOf(route, after.metadata.name) > 0) movedLive.push(after.metadata.name);
  });
  await world.sandbox.clock.advance(20_000);
  return { world, watchman, movedLive };
}

/** `ping:web:1=100 pong:web:1=0 stable=ping`. */
async function picture(world: StoryWorld): Promise<string> {
  const sets = await world.replicaSets();
  const route = (await world.get(virtualServices, 'web'))!;
  const sides = (await world.services()).map(({ metadata, spec }) => {
    const rs = sets.find((one) => one.metadata.labels?.[hashKey] === spec.selector?.[hashKey]);
    const image = rs?.spec.template?.spec?.containers[0]?.image ?? 'all';
    return `${metadata.name === 'web' ? 'ping' : 'pong'}:${image}=${weightOf(route, metadata.name)}`;
  });
  const { status } = await world.rollout();
  return [...sides, `stable=${status.canary?.stablePingPong ?? ''}`, status.phase ?? ''].join(' ');
}

const apply = (world: StoryWorld, image: string) =>
  world.patch(kinds.rollout, 'web', { spec: { template: templateOf(image) } });
const order = (world: StoryWorld, status: object) => world.patch(kinds.rollout, 'web', { status }, 'status');

describe('ping-pong', () => {
  it('changes roles at each promotion and never moves a selector under live traffic', async () => {
    const { world, watchman, movedLive } = await tell();
    // The first promotion makes ping the stable Service; an empty status stands for pong.
    expect(await picture(world)).to.equal('ping:web:1=100 pong:web:1=0 stable=ping Healthy');
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(10_000);
    expect(await picture(world)).to.equal('ping:web:1=50 pong:web:2=50 stable=ping Paused');
    expect((await world.rollout()).status.canary?.weights).to.deep.equal({
      canary: { weight: 50, podTemplateHash: '859687bffd' },
      stable: { weight: 50, podTemplateHash: 'cb5d95cc5' },
    });
    await order(world, { pauseConditions: null });
    await world.sandbox.clock.advance(2_500);
    expect(await picture(world)).to.equal('ping:web:2=0 pong:web:2=100 stable=pong Progressing');
    await world.sandbox.clock.advance(2_500);
    expect(await picture(world)).to.equal('ping:web:2=0 pong:web:2=100 stable=pong Healthy');
    await world.sandbox.clock.advance(10_000);
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.have.members([0, 4]);
    await apply(world, 'web:3');
    await world.sandbox.clock.advance(10_000);
    expect(await picture(world)).to.equal('ping:web:3=50 pong:web:2=50 stable=pong Paused');
    await order(world, { promoteFull: true });
    await world.sandbox.clock.advance(10_000);
    expect(await picture(world)).to.equal('ping:web:3=100 pong:web:3=0 stable=ping Healthy');
    expect([movedLive, watchman.broken, world.failures]).to.deep.equal([[], [], []]);
  });

  it('an abort gives the other Service back to stable and keeps the roles', async () => {
    const { world, watchman, movedLive } = await tell();
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(10_000);
    await order(world, { abort: true });
    await world.sandbox.clock.advance(500);
    expect(await picture(world)).to.equal('ping:web:1=100 pong:web:2=0 stable=ping Degraded');
    await world.sandbox.clock.advance(10_000);
    expect(await picture(world)).to.equal('ping:web:1=100 pong:web:1=0 stable=ping Degraded');
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.have.members([0, 4]);
    expect([movedLive, watchman.broken, world.failures]).to.deep.equal([[], [], []]);
  });

  it('a new revision in the middle, and then back to stable', async () => {
    const { world, watchman, movedLive } = await tell();
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(10_000);
    await apply(world, 'web:3');
    await world.sandbox.clock.advance(500);
    expect(await picture(world)).to.equal('ping:web:1=100 pong:web:2=0 stable=ping Progressing');
    await world.sandbox.clock.advance(10_000);
    expect(await picture(world)).to.equal('ping:web:1=50 pong:web:3=50 stable=ping Paused');
    await apply(world, 'web:1');
    await world.sandbox.clock.advance(10_000);
    expect(await picture(world)).to.equal('ping:web:1=100 pong:web:1=0 stable=ping Healthy');
    expect([movedLive, watchman.broken, world.failures]).to.deep.equal([[], [], []]);
  });

  it('without steps the other Service gets everything before the roles change', async () => {
    const { world, watchman, movedLive } = await tell({ steps: [] });
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(20_000);
    expect(await picture(world)).to.equal('ping:web:2=0 pong:web:2=100 stable=pong Healthy');
    expect([movedLive, watchman.broken, world.failures]).to.deep.equal([[], [], []]);
  });

  it('with dynamic stable scale, and a controller that is killed at the promotion', async () => {
    const { world, watchman, movedLive } = await tell({
      dynamicStableScale: true,
      scaleDownDelaySeconds: undefined,
    });
    await apply(world, 'web:2');
    await world.sandbox.clock.advance(10_000);
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.deep.equal([2, 2]);
    await order(world, { pauseConditions: null });
    await world.sandbox.clock.advance(1_200);
    world.restart();
    await world.sandbox.clock.advance(20_000);
    expect(await picture(world)).to.equal('ping:web:2=0 pong:web:2=100 stable=pong Healthy');
    expect((await world.replicaSets()).map(({ spec }) => spec.replicas)).to.have.members([0, 4]);
    expect([movedLive, watchman.broken, world.failures]).to.deep.equal([[], [], []]);
  });
});
