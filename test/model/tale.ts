import * as fc from 'fast-check';
import { kinds } from '#api/kinds.js';
import { Watchman } from '../laws/watchman.js';
import { routedBy, routedBySubsets, shopObjects } from '../stories/shop.js';
import { createStoryWorld, namespace, type StoryWorld } from '../stories/world.js';
import { Bounds } from './bounds.js';
import { Faults } from './faults.js';
import { healAll, needsNoRouter, obey, orders, type Order, type Way } from './order.js';

/** How long the routers of the tales need to reach every proxy. */
const propagationMs = 1000;

export const modes = [
  'istio',
  'nginx',
  'subsets',
  'basic',
  'basicWithServices',
  'blueGreen',
  'pingPong',
  'traefik',
  'gateway',
] as const;

/** Ways to release. */
export type Mode = (typeof modes)[number];

export function isMode(word: string): word is Mode {
  return (modes as readonly string[]).includes(word);
}

/** A random release with random orders. */
export interface Tale {
  readonly mode: Mode;
  readonly replicas: number;
  readonly lagMs: number;
  readonly steps: readonly object[];
  readonly options: object;
  readonly readyAfterMs: readonly number[];
  readonly orders: readonly { readonly afterMs: number; readonly order: Order }[];
  /** So long after the last order the Rollout is deleted; absent: never. */
  readonly deletedAfterMs?: number | undefined;
}

const step = fc.oneof(
  fc.record({ setWeight: fc.constantFrom(0, 5, 20, 50, 100) }),
  fc.record({ pause: fc.record({ duration: fc.constantFrom('1s', '10s') }) }),
  fc.constant({
    setHeaderRoute: { name: 'beta', match: [{ headerName: 'x', headerValue: { exact: '1' } }] },
  }),
  fc.constant({ setCanaryScale: { replicas: 2 } }),
  fc.constant({ setCanaryScale: { weight: 50 } }),
  fc.constant({ setCanaryScale: { matchTrafficWeight: true } }),
);

const routedOptions = [
  {},
  { scaleDownDelaySeconds: 0 },
  { scaleDownDelaySeconds: 3 },
  { dynamicStableScale: true },
  { abortScaleDownDelaySeconds: 2 },
  { minPodsPerReplicaSet: 2 },
  { dynamicStableScale: true, abortScaleDownDelaySeconds: 2 },
  { replicaProgressThreshold: { type: 'Percent', value: 60 } },
];
const basicOptions = [
  {},
  { maxSurge: 0, maxUnavailable: 1 },
  { maxSurge: 1, maxUnavailable: 0 },
  { maxSurge: '100%', maxUnavailable: 0 },
  { maxSurge: 0, maxUnavailable: '100%' },
];
const blueGreenOptions = [
  {},
  { autoPromotionSeconds: 4 },
  { previewReplicaCount: 1, autoPromotionSeconds: 2 },
  { scaleDownDelaySeconds: 0 },
  { abortScaleDownDelaySeconds: 2 },
];

function optionsOf(mode: Mode): readonly object[] {
  if (mode === 'blueGreen') return blueGreenOptions;
  if (mode === 'basic') return basicOptions;
  return mode === 'basicWithServices' ? basicOptions.slice(0, 4) : routedOptions;
}

/** What of the steps a mode can do. */
function ableSteps(mode: Mode, steps: readonly object[]): readonly object[] {
  if (mode.startsWith('basic')) return steps.filter(needsNoRouter);
  return mode === 'nginx' || mode === 'traefik' ? steps.filter((one) => !('setHeaderRoute' in one)) : steps;
}

/** Random releases of one mode. */
export function tales(mode: Mode): fc.Arbitrary<Tale> {
  const steps = fc.array(step, { maxLength: 4 }).map((some) => ableSteps(mode, some));
  return fc.record({
    mode: fc.constant(mode),
    replicas: fc.integer({ min: 1, max: 5 }),
    lagMs: fc.constantFrom(0, 0, 300),
    steps,
    options: fc.constantFrom(...optionsOf(mode)),
    readyAfterMs: fc.array(fc.integer({ min: 0, max: 6000 }), { minLength: 3, maxLength: 3 }),
    orders: fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 9000 }), order: orders(steps) }), {
      minLength: 1,
      maxLength: 8,
    }),
    // Services that change roles are given back while they serve: that is no law broken.
    deletedAfterMs:
      mode === 'pingPong'
        ? fc.constant(undefined)
        : fc.option(fc.integer({ min: 0, max: 9000 }), { freq: 8, nil: undefined }),
  });
}

function strategyOf({ mode, steps, options }: Tale): object {
  switch (mode) {
    case 'istio':
    case 'nginx':
    case 'traefik':
    case 'gateway':
      return { canary: { ...routedBy(mode), steps, ...options } };
    case 'pingPong': {
      const pingPong = { pingService: 'web', pongService: 'web-canary' };
      return { canary: { pingPong, trafficRouting: routedBy('istio').trafficRouting, steps, ...options } };
    }
    case 'subsets':
      return { canary: { ...routedBySubsets, steps, ...options } };
    case 'basic':
      return { canary: { steps, ...options } };
    case 'basicWithServices':
      return { canary: { stableService: 'web', canaryService: 'web-canary', steps, ...options } };
    case 'blueGreen':
      return { blueGreen: { activeService: 'web', previewService: 'web-canary', ...options } };
  }
}

/** The strategy of the spec for another way to release; only where the mode has its two Services. */
function otherStrategy({ mode, steps }: Tale, way: Way): object | undefined {
  if (mode === 'basic' || mode === 'subsets' || mode === 'pingPong') return undefined;
  const router = routerOf(mode);
  switch (way) {
    case 'routed':
      return router === 'none' || router === 'subsets'
        ? undefined
        : { canary: { ...routedBy(router), steps } };
    case 'unrouted': {
      const able = ableSteps('basicWithServices', steps);
      return { canary: { stableService: 'web', canaryService: 'web-canary', steps: able } };
    }
    case 'blueGreen':
      return { blueGreen: { activeService: 'web', previewService: 'web-canary' } };
  }
}

function routerOf(mode: Mode) {
  if (mode === 'pingPong') return 'istio';
  return mode === 'basic' || mode === 'basicWithServices' || mode === 'blueGreen' ? 'none' : mode;
}

export interface Told {
  readonly world: StoryWorld;
  /** Laws that were broken on the way, with the moment. */
  readonly broken: readonly string[];
}

/** Tells a tale to its end: three minutes after the last order, with every pod well again. */
export async function play(given: Tale): Promise<Told> {
  const [one = 0, two = 0, three = 0] = given.readyAfterMs;
  const faults = new Faults();
  const world = createStoryWorld({
    objects: shopObjects({
      replicas: given.replicas,
      router: routerOf(given.mode),
      strategy: strategyOf(given),
    }),
    isBare: true,
    lagMs: given.lagMs,
    wrapKube: faults.wrap,
    images: {
      'web:1': { readyAfterMs: one },
      'web:2': { readyAfterMs: two },
      'web:3': { readyAfterMs: three },
    },
  });
  faults.serve(world);
  const bounds = new Bounds(world.sandbox, given.lagMs);
  const isMeddled = given.orders.some(({ order }) => meddles(order));
  const watchman = new Watchman(world.sandbox, { propagationMs, lagMs: given.lagMs });
  const { clock } = world.sandbox;
  await clock.advance(15_000);
  for (const { afterMs, order } of given.orders) {
    await clock.advance(afterMs);
    if (order.kind === 'fault') faults.plan(order.fault, order.afterWrites);
    else if (order.kind === 'strategy') await restyle(world, otherStrategy(given, order.way));
    else await obey(world, order);
  }
  if (given.deletedAfterMs !== undefined) {
    await clock.advance(given.deletedAfterMs);
    await world.sandbox.kube.delete({ kind: kinds.rollout, namespace, name: 'web' }, {});
  }
  await clock.advance(60_000);
  faults.calm();
  await healAll(world);
  await clock.advance(180_000);
  return { world, broken: [...bounds.broken, ...(isMeddled ? [] : watchman.broken)] };
}

/** Replaces the strategy: fields of the old one do not stay. */
async function restyle(world: StoryWorld, strategy: object | undefined): Promise<void> {
  if (strategy === undefined) return;
  await world.sandbox.kube.patch(
    { kind: kinds.rollout, namespace, name: 'web' },
    { type: 'json', body: [{ op: 'replace', path: '/spec/strategy', value: strategy }] },
  );
}

/** Whoever moves traffic past the controller breaks laws that the controller then mends. */
function meddles({ kind }: Order): boolean {
  return kind === 'move the weight' || kind === 'move the selector' || kind === 'lose the hash label';
}
