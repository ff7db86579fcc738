import * as fc from 'fast-check';
import { kinds } from '#api/kinds.js';
import { formatInstant } from '#core/time/instant.js';
import { isReady } from '#sandbox/workloads/pod-state.js';
import { templateOf } from '../stories/shop.js';
import { namespace, type StoryWorld } from '../stories/world.js';

/** What people, machines and bad luck do to a release. */
export type Order =
  | { readonly kind: 'apply'; readonly image: string }
  | { readonly kind: 'scale'; readonly replicas: number }
  | { readonly kind: 'steps'; readonly steps: readonly object[] }
  /** Another way to release, in the middle or between two releases. */
  | { readonly kind: 'strategy'; readonly way: Way }
  /** One fault for the next writes of the controller, see faults.ts. */
  | { readonly kind: 'fault'; readonly fault: Fault; readonly afterWrites: number }
  | { readonly kind: PlainOrder };

/** Ways to release that the Services of the shop allow. */
const ways = ['routed', 'unrouted', 'blueGreen'] as const;

export type Way = (typeof ways)[number];

export type Fault = 'crash' | 'conflict' | 'server error' | 'lost answer' | 'throttled';

const people = ['abort', 'retry', 'resume', 'full', 'skip', 'pause', 'unpause', 'restart'] as const;
const chance = ['kill', 'lose a pod', 'a pod fails', 'the pod heals'] as const;
const meddling = ['move the weight', 'move the selector', 'lose the hash label'] as const;

type PlainOrder = (typeof people)[number] | (typeof chance)[number] | (typeof meddling)[number];

/** Who may give orders in a tale: people alone, or the whole world. */
export function orders(steps: fc.Arbitrary<readonly object[]>): fc.Arbitrary<Order> {
  const plain = (words: readonly PlainOrder[]) => fc.record({ kind: fc.constantFrom(...words) });
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('apply' as const),
        image: fc.constantFrom('web:1', 'web:2', 'web:3'),
      }),
    },
    { weight: 7, arbitrary: plain(people) },
    { weight: 3, arbitrary: plain(chance) },
    { weight: 1, arbitrary: plain(meddling) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('scale' as const), replicas: fc.integer({ min: 1, max: 6 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('steps' as const), steps }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('strategy' as const), way: fc.constantFrom(...ways) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('fault' as const),
        fault: fc.constantFrom<Fault>('crash', 'conflict', 'server error', 'lost answer', 'throttled'),
        afterWrites: fc.integer({ min: 0, max: 4 }),
      }),
    },
  );
}

type Obey = (world: StoryWorld) => Promise<void>;

const status = (body: object): Obey => {
  return (world) => world.patch(kinds.rollout, 'web', { status: body }, 'status');
};
const spec = (body: object): Obey => {
  return (world) => world.patch(kinds.rollout, 'web', { spec: body });
};

const plainOrders: Readonly<Record<PlainOrder, Obey>> = {
  abort: status({ abort: true }),
  retry: status({ abort: false }),
  resume: status({ pauseConditions: null }),
  full: async (world) => {
    // As the command line does: not for a revision that is stable already.
    const { status: now } = await world.rollout();
    if (now.currentPodHash !== now.stableRS) await status({ promoteFull: true })(world);
  },
  skip: async (world) => {
    const { status: now, spec: wanted } = await world.rollout();
    const steps = wanted.strategy?.canary?.steps ?? [];
    if (steps.length === 0) return;
    const index = Math.min((now.currentStepIndex ?? 0) + 1, steps.length);
    await status({ pauseConditions: null, currentStepIndex: index })(world);
  },
  pause: spec({ paused: true }),
  unpause: spec({ paused: false }),
  restart: (world) => spec({ restartAt: formatInstant(world.sandbox.clock.now()) })(world),
  kill: async (world) => world.restart(),
  'lose a pod': async (world) => {
    const pod = (await world.pods()).find(isReady);
    if (pod !== undefined)
      await world.sandbox.kube.delete({ kind: kinds.pod, namespace, name: pod.metadata.name }, {});
  },
  'a pod fails': async (world) => {
    const pod = (await world.pods()).find(isReady);
    if (pod !== undefined) world.sandbox.pods.setReady(pod, false);
  },
  'the pod heals': healAll,
  'move the weight': async (world) => {
    for (const [kind, name, body] of meddledRoutes) {
      if ((await world.get(kind, name)) !== undefined) await world.patch(kind, name, body);
    }
  },
  'move the selector': async (world) => {
    const hash = (await world.replicaSets())[0]?.metadata.labels?.['rollouts-pod-template-hash'];
    if (hash === undefined) return;
    await world.patch(kinds.service, 'web-canary', {
      spec: { selector: { 'rollouts-pod-template-hash': hash } },
    });
  },
  'lose the hash label': async (world) => {
    await world.patch(kinds.service, 'web-canary', {
      spec: { selector: { 'rollouts-pod-template-hash': null } },
    });
  },
};

/** Every pod is as its script says again. */
export async function healAll(world: StoryWorld): Promise<void> {
  for (const pod of await world.pods()) world.sandbox.pods.setReady(pod, undefined);
}

const istio = { group: 'networking.istio.io', version: 'v1alpha3', namespaced: true } as const;

/** Somebody applies an older manifest over the route. */
const meddledRoutes = [
  [
    { ...istio, kind: 'VirtualService', plural: 'virtualservices' },
    'web',
    {
      spec: {
        http: [
          {
            name: 'primary',
            route: [
              { destination: { host: 'web' }, weight: 100 },
              { destination: { host: 'web-canary' }, weight: 0 },
            ],
          },
        ],
      },
    },
  ],
] as const;

/** Whether a step can be done by numbers of pods alone. */
export function needsNoRouter(step: object): boolean {
  return 'setWeight' in step || 'pause' in step;
}

/** Orders that need nothing but the world. */
type OwnOrder = Exclude<Order, { kind: 'fault' | 'strategy' }>;

/** Carries one order out, faults and ways to release excepted. */
export async function obey(world: StoryWorld, given: OwnOrder): Promise<void> {
  switch (given.kind) {
    case 'apply':
      return spec({ template: templateOf(given.image) })(world);
    case 'scale':
      return spec({ replicas: given.replicas })(world);
    case 'steps': {
      const { spec: wanted } = await world.rollout();
      if (wanted.strategy?.canary === undefined) return;
      const isRouted = wanted.strategy.canary.trafficRouting !== undefined;
      const steps = isRouted ? given.steps : given.steps.filter(needsNoRouter);
      return spec({ strategy: { canary: { steps } } })(world);
    }
    default:
      return plainOrders[given.kind](world);
  }
}
