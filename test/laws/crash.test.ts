import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { addMs } from '#core/time/instant.js';
import { endState } from '../chaos/ending.js';
import { dyingKube } from '../fakes/dying-kube.js';
import { routedBy, shopObjects, templateOf, type ShopOptions } from '../stories/shop.js';
import { createStoryWorld, namespace, type StoryWorld } from '../stories/world.js';
import { Watchman } from './watchman.js';

interface Ending {
  readonly state: unknown;
  readonly writes: number;
  /** Writes before the part that matters. */
  readonly prologue: number;
  readonly broken: readonly string[];
}

/** Calls `begin` where the part begins whose every write is a moment to die. */
type Plot = (world: StoryWorld, begin: () => void) => Promise<void>;

async function tell(shop: ShopOptions, plot: Plot, crashAfter: number): Promise<Ending> {
  let writes = () => 0;
  let isFirst = true;
  const world: StoryWorld = createStoryWorld({
    objects: shopObjects(shop),
    isBare: true,
    wrapKube: (kube) => {
      if (!isFirst) return kube;
      isFirst = false;
      const dying = dyingKube(kube, crashAfter, () => {
        world.sandbox.clock.schedule(addMs(world.sandbox.clock.now(), 1500), () => world.restart());
      });
      writes = dying.writes;
      return dying.kube;
    },
  });
  const watchman = new Watchman(world.sandbox, { propagationMs: 1000 });
  let prologue = 0;
  await plot(world, () => (prologue = writes()));
  return { state: await endState(world), writes: writes(), prologue, broken: watchman.broken };
}

const apply = (world: StoryWorld, image: string) =>
  world.patch(kinds.rollout, 'web', { spec: { template: templateOf(image) } });

interface Tale {
  readonly name: string;
  readonly shop: ShopOptions;
  /** What is under way when the part begins whose every write is a moment to die. */
  readonly before?: (world: StoryWorld) => Promise<void>;
  readonly act: (world: StoryWorld) => Promise<void>;
}

function plotOf({ before, act }: Tale): Plot {
  return async (world, begin) => {
    await world.sandbox.clock.advance(10_000);
    if (before !== undefined) {
      await before(world);
      await world.sandbox.clock.advance(4_000);
    }
    begin();
    await act(world);
    await world.sandbox.clock.advance(25_000);
  };
}

async function compareCrashes(shop: ShopOptions, plot: Plot): Promise<void> {
  const whole = await tell(shop, plot, Number.POSITIVE_INFINITY);
  expect(whole.broken).to.deep.equal([]);
  expect(whole.writes - whole.prologue).to.be.greaterThan(4);
  for (let crashAfter = whole.prologue + 1; crashAfter <= whole.writes; crashAfter++) {
    const crashed = await tell(shop, plot, crashAfter);
    expect(crashed.broken, `killed after write ${crashAfter}`).to.deep.equal([]);
    expect(crashed.state, `killed after write ${crashAfter}`).to.deep.equal(whole.state);
  }
}

describe('a controller that is killed after any single write', () => {
  const canary = {
    canary: {
      ...routedBy('istio'),
      scaleDownDelaySeconds: 2,
      abortScaleDownDelaySeconds: 2,
      steps: [{ setWeight: 40 }, { pause: { duration: '2s' } }],
    },
  };
  const blueGreen = { activeService: 'web', previewService: 'web-canary', scaleDownDelaySeconds: 2 };
  const pingPong = {
    pingPong: { pingService: 'web', pongService: 'web-canary' },
    trafficRouting: routedBy('istio').trafficRouting,
    scaleDownDelaySeconds: 2,
    steps: [{ setWeight: 40 }],
  };
  const routed: ShopOptions = { router: 'istio', replicas: 2, strategy: canary };
  const update = (world: StoryWorld) => apply(world, 'web:2');
  const tales: readonly Tale[] = [
    { name: 'promotes a routed canary', shop: routed, act: update },
    {
      name: 'takes an aborted canary back',
      shop: routed,
      before: update,
      act: (world) => world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status'),
    },
    {
      name: 'changes the roles of a ping-pong',
      shop: { ...routed, strategy: { canary: pingPong } },
      act: update,
    },
    {
      name: 'lets the routing go',
      shop: routed,
      before: update,
      act: (world) => world.patch(kinds.rollout, 'web', { spec: { strategy: { canary: null, blueGreen } } }),
    },
    {
      name: 'makes traffic safe and lets the Rollout go',
      shop: routed,
      before: update,
      act: async (world) =>
        void (await world.sandbox.kube.delete({ kind: kinds.rollout, namespace, name: 'web' }, {})),
    },
    {
      name: 'switches a blue-green release',
      shop: { replicas: 2, strategy: { blueGreen: { ...blueGreen, autoPromotionSeconds: 3 } } },
      act: update,
    },
  ];

  it('deploys for the first time all the same', () =>
    compareCrashes(routed, (world) => world.sandbox.clock.advance(20_000))).timeout(60_000);
  for (const tale of tales) {
    it(`${tale.name} all the same`, () => compareCrashes(tale.shop, plotOf(tale))).timeout(60_000);
  }
});
