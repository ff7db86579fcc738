import * as fc from 'fast-check';
import { kinds } from '#api/kinds.js';
import { routedBy, routedBySubsets, shopObjects, templateOf } from '../stories/shop.js';
import { createStoryWorld, type StoryWorld } from '../stories/world.js';
import { Watchman } from './watchman.js';

/** How long the routers of the tales need to reach every proxy. */
const propagationMs = 1000;

type Order =
  | { readonly kind: 'apply'; readonly image: string }
  | { readonly kind: 'abort' | 'retry' | 'promote' | 'full' | 'skip' | 'kill' }
  | { readonly kind: 'scale'; readonly replicas: number };

/** Ways to release. */
type Mode = 'istio' | 'nginx' | 'subsets' | 'basic' | 'basicWithServices' | 'blueGreen';

/** A random release with random orders by people. */
export interface Tale {
  readonly mode: Mode;
  readonly replicas: number;
  readonly lagMs: number;
  readonly steps: readonly object[];
  readonly options: object;
  readonly readyAfterMs: readonly number[];
  readonly orders: readonly { readonly afterMs: number; readonly order: Order }[];
}

const order: fc.Arbitrary<Order> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('apply' as const),
      image: fc.constantFrom('web:1', 'web:2', 'web:3'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'abort' as const,
        'retry' as const,
        'promote' as const,
        'full' as const,
        'skip' as const,
        'kill' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('scale' as const), replicas: fc.integer({ min: 1, max: 6 }) }),
  },
);

const step = fc.oneof(
  fc.record({ setWeight: fc.constantFrom(0, 5, 20, 50, 100) }),
  fc.record({ pause: fc.record({ duration: fc.constantFrom('1s', '10s') }) }),
  fc.constant({
    setHeaderRoute: { name: 'beta', match: [{ headerName: 'x', headerValue: { exact: '1' } }] },
  }),
  fc.constant({ setCanaryScale: { replicas: 2 } }),
  fc.constant({ setCanaryScale: { matchTrafficWeight: true } }),
);

const routedOptions = [
  {},
  { scaleDownDelaySeconds: 0 },
  { scaleDownDelaySeconds: 3 },
  { dynamicStableScale: true },
  { abortScaleDownDelaySeconds: 2 },
];
const basicOptions = [{}, { maxSurge: 0, maxUnavailable: 1 }, { maxSurge: 1, maxUnavailable: 0 }];
const blueGreenOptions = [
  {},
  { autoPromotionSeconds: 4 },
  { previewReplicaCount: 1, autoPromotionSeconds: 2 },
  { scaleDownDelaySeconds: 0 },
  { abortScaleDownDelaySeconds: 2 },
];

function optionsOf(mode: Mode): readonly object[] {
  if (mode === 'blueGreen') return blueGreenOptions;
  return mode.startsWith('basic') ? basicOptions : routedOptions;
}

/** Random releases of one mode. */
export function tales(mode: Mode): fc.Arbitrary<Tale> {
  return fc.record({
    mode: fc.constant(mode),
    replicas: fc.integer({ min: 1, max: 5 }),
    lagMs: fc.constantFrom(0, 0, 300),
    steps: fc.array(step, { maxLength: 4 }),
    options: fc.constantFrom(...optionsOf(mode)),
    readyAfterMs: fc.array(fc.integer({ min: 0, max: 6000 }), { minLength: 3, maxLength: 3 }),
    orders: fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 9000 }), order }), {
      minLength: 1,
      maxLength: 6,
    }),
  });
}

function strategyOf({ mode, steps, options }: Tale): object {
  const able = steps.filter(
    (candidate) => mode === 'istio' || mode === 'subsets' || !('setHeaderRoute' in candidate),
  );
  const unrouted = steps.filter((candidate) => 'setWeight' in candidate || 'pause' in candidate);
  switch (mode) {
    case 'istio':
    case 'nginx':
      return { canary: { ...routedBy(mode), steps: able, ...options } };
    case 'subsets':
      return { canary: { ...routedBySubsets, steps: able, ...options } };
    case 'basic':
      return { canary: { steps: unrouted, ...options } };
    case 'basicWithServices':
      return { canary: { stableService: 'web', canaryService: 'web-canary', steps: unrouted, ...options } };
    case 'blueGreen':
      return { blueGreen: { activeService: 'web', previewService: 'web-canary', ...options } };
  }
}

async function obey(world: StoryWorld, given: Order): Promise<void> {
  switch (given.kind) {
    case 'apply':
      return world.patch(kinds.rollout, 'web', { spec: { template: templateOf(given.image) } });
    case 'scale':
      return world.patch(kinds.rollout, 'web', { spec: { replicas: given.replicas } });
    case 'abort':
      return world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
    case 'retry':
      return world.patch(kinds.rollout, 'web', { status: { abort: false } }, 'status');
    case 'full':
      return world.patch(kinds.rollout, 'web', { status: { promoteFull: true } }, 'status');
    case 'promote':
      return world.patch(kinds.rollout, 'web', { status: { pauseConditions: null } }, 'status');
    case 'skip': {
      const { status } = await world.rollout();
      const index = Math.min((status.currentStepIndex ?? 0) + 1, 4);
      return world.patch(
        kinds.rollout,
        'web',
        { status: { pauseConditions: null, currentStepIndex: index } },
        'status',
      );
    }
    case 'kill':
      return world.restart();
  }
}

function routerOf(mode: Mode) {
  return mode === 'istio' || mode === 'nginx' || mode === 'subsets' ? mode : 'none';
}

/** Tells a tale to its end: three minutes after the last order. */
export async function play(
  given: Tale,
): Promise<{ readonly world: StoryWorld; readonly watchman: Watchman }> {
  const [one = 0, two = 0, three = 0] = given.readyAfterMs;
  const world = createStoryWorld({
    objects: shopObjects({
      replicas: given.replicas,
      router: routerOf(given.mode),
      strategy: strategyOf(given),
    }),
    lagMs: given.lagMs,
    images: {
      'web:1': { readyAfterMs: one },
      'web:2': { readyAfterMs: two },
      'web:3': { readyAfterMs: three },
    },
  });
  const watchman = new Watchman(world.sandbox, { propagationMs });
  await world.sandbox.clock.advance(15_000);
  for (const { afterMs, order: next } of given.orders) {
    await world.sandbox.clock.advance(afterMs);
    await obey(world, next);
  }
  await world.sandbox.clock.advance(180_000);
  return { world, watchman };
}
