import { kinds } from '#api/kinds.js';
import { routedBy, routedBySubsets, templateOf, type ShopOptions } from '../stories/shop.js';
import type { StoryWorld } from '../stories/world.js';

/** A release that is told again and again, each time with another trouble. */
export interface Release {
  readonly name: string;
  readonly shop: ShopOptions;
  /** What people do, each when the Rollout has come to where it is meant. */
  readonly acts: readonly Act[];
}

interface Act {
  /** A phase, and a step where it matters, that has to be reached before. */
  readonly when: { readonly phase: string; readonly step?: number };
  readonly patch: object;
  readonly subresource?: 'status';
}

const steps = [{ setWeight: 40 }, { pause: { duration: '2s' } }, { setWeight: 80 }, { pause: {} }];
const delays = { scaleDownDelaySeconds: 2, abortScaleDownDelaySeconds: 2 };
const services = { activeService: 'web', previewService: 'web-canary', ...delays };
const atRest = { phase: 'Healthy' };

const apply = (image: string, when: Act['when'] = atRest): Act => ({
  when,
  patch: { spec: { template: templateOf(image) } },
});
const order = (when: Act['when'], status: object): Act => ({
  when,
  patch: { status },
  subresource: 'status',
});
const promoted = order({ phase: 'Paused', step: 3 }, { pauseConditions: null });

/** One of every way to release, and of every way that one may end. */
export const releases: readonly Release[] = [
  {
    name: 'canary behind Istio',
    shop: { router: 'istio', strategy: { canary: { ...routedBy('istio'), ...delays, steps } } },
    acts: [apply('web:2'), promoted],
  },
  {
    name: 'canary by numbers of pods',
    shop: { strategy: { canary: { steps } } },
    acts: [apply('web:2'), promoted],
  },
  {
    name: 'canary behind NGINX',
    shop: { router: 'nginx', strategy: { canary: { ...routedBy('nginx'), ...delays, steps } } },
    acts: [apply('web:2'), promoted],
  },
  {
    name: 'canary by subsets',
    shop: { router: 'subsets', strategy: { canary: { ...routedBySubsets, ...delays, steps } } },
    acts: [apply('web:2'), promoted],
  },
  {
    name: 'canary with a stable that shrinks',
    shop: {
      router: 'istio',
      strategy: { canary: { ...routedBy('istio'), dynamicStableScale: true, steps } },
    },
    acts: [apply('web:2'), promoted],
  },
  {
    name: 'ping-pong',
    shop: {
      router: 'istio',
      strategy: {
        canary: {
          pingPong: { pingService: 'web', pongService: 'web-canary' },
          trafficRouting: routedBy('istio').trafficRouting,
          ...delays,
          steps,
        },
      },
    },
    acts: [apply('web:2'), promoted],
  },
  {
    name: 'blue-green, approved',
    shop: { strategy: { blueGreen: { ...services, autoPromotionEnabled: false } } },
    acts: [apply('web:2'), order({ phase: 'Paused' }, { pauseConditions: null })],
  },
  {
    name: 'blue-green, after its seconds',
    shop: { strategy: { blueGreen: { ...services, autoPromotionSeconds: 3 } } },
    acts: [apply('web:2')],
  },
  {
    name: 'aborted canary',
    shop: { router: 'istio', strategy: { canary: { ...routedBy('istio'), ...delays, steps } } },
    acts: [apply('web:2'), order({ phase: 'Paused', step: 3 }, { abort: true })],
  },
  {
    name: 'third revision in the middle',
    shop: { router: 'istio', strategy: { canary: { ...routedBy('istio'), ...delays, steps } } },
    acts: [apply('web:2'), apply('web:3', { phase: 'Paused', step: 3 }), promoted],
  },
  {
    name: 'promoted in full',
    shop: { router: 'istio', strategy: { canary: { ...routedBy('istio'), ...delays, steps } } },
    acts: [apply('web:2'), order({ phase: 'Paused', step: 3 }, { promoteFull: true })],
  },
];

/** Where nothing more is to come, by the clock of the cluster. */
const patienceMs = 240_000;
const stepMs = 500;

/** Does the first act that is left once the Rollout is where it is meant; rejects when it never comes there. */
export async function playAct(world: StoryWorld, { when, patch, subresource }: Act): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += stepMs) {
    const { metadata, status } = await world.rollout();
    const isThere =
      status.phase === when.phase && (when.step ?? status.currentStepIndex) === status.currentStepIndex;
    if (isThere && status.observedGeneration === String(metadata.generation ?? 0)) {
      return world.patch(kinds.rollout, 'web', patch, subresource);
    }
    await world.sandbox.clock.advance(stepMs);
  }
  throw new Error(`never ${when.phase}${when.step === undefined ? '' : ` at step ${when.step}`}`);
}
