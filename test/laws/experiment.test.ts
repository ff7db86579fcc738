import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { EndpointSlice, ReplicaSet } from '#api/k8s/core-kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { addMs } from '#core/time/instant.js';
import type { VirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { dyingKube } from '../fakes/dying-kube.js';
import { routedBy, shopObjects } from '../stories/shop.js';
import { createStoryWorld, namespace, type StoryWorld } from '../stories/world.js';
import { Watchman } from './watchman.js';

const propagationMs = 1000;

function templateOf(image: string) {
  const containers = [{ name: 'web', image, ports: [{ containerPort: 8080 }] }];
  return { metadata: { labels: { app: 'web' } }, spec: { containers } };
}

interface Route {
  readonly destination: { readonly host: string };
  readonly weight?: number;
}

/** Checks after every stored change that nobody is sent to pods of an experiment that are not there, or leave too early. */
class ExtraWatch {
  readonly broken: string[] = [];
  /** Most that was ever sent to a destination beside stable and canary. */
  most = 0;
  readonly #sandbox: VirtualSandbox;
  readonly #objects = new Map<string, UnknownObject>();
  readonly #readySince = new Map<string, number>();
  /** When a Service was last in the route. */
  readonly #routedAt = new Map<string, number>();
  #extra: readonly Route[] = [];

  constructor(sandbox: VirtualSandbox) {
    this.#sandbox = sandbox;
    sandbox.store.onChange(({ before, after, removed }) => {
      const object = after ?? removed ?? before;
      if (object === undefined) return;
      const id = `${object.kind}/${object.metadata.name}`;
      for (const { destination } of this.#extra) this.#routedAt.set(destination.host, this.#now());
      if (after === undefined) this.#objects.delete(id);
      else this.#objects.set(id, after);
      this.#look(object.kind, before, after);
    });
  }

  #now(): number {
    return this.#sandbox.clock.now();
  }

  #break(what: string): void {
    this.broken.push(`+${this.#now() - Date.UTC(2026, 0, 1)}ms ${what}`);
  }

  #look(kind: string, before: UnknownObject | undefined, after: UnknownObject | undefined): void {
    if (kind === 'VirtualService') this.#routed(after);
    if (kind === 'EndpointSlice') this.#serving();
    if (kind === 'ReplicaSet')
      this.#scaled(before as unknown as ReplicaSet | undefined, after as unknown as ReplicaSet | undefined);
    if (kind === 'Service' && after === undefined && before !== undefined)
      this.#mayGo(before.metadata.name, 'Service');
  }

  #routed(route: UnknownObject | undefined): void {
    const spec = route?.['spec'] as { http?: { name?: string; route: readonly Route[] }[] } | undefined;
    const primary = spec?.http?.find(({ name }) => name === 'primary')?.route ?? [];
    const sum = primary.reduce((total, { weight = 0 }) => total + weight, 0);
    if (sum !== 100) this.#break(`the weights are ${sum} together`);
    this.#extra = primary.filter(({ destination: { host } }) => host !== 'web' && host !== 'web-canary');
    for (const { destination, weight = 0 } of this.#extra) {
      this.most = Math.max(this.most, weight);
      const since = this.#readySince.get(destination.host);
      const isKnown =
        this.#routedAt.has(destination.host) || (since !== undefined && this.#now() - since >= propagationMs);
      if (!isKnown) this.#break(`${weight} to ${destination.host} before proxies know its pods`);
    }
    this.#serving();
  }

  #serving(): void {
    for (const object of this.#objects.values()) {
      const service = object.metadata.labels?.['kubernetes.io/service-name'];
      if (object.kind !== 'EndpointSlice' || service === undefined) continue;
      const isReady = isServing(object as unknown as EndpointSlice);
      if (!isReady) this.#readySince.delete(service);
      else if (!this.#readySince.has(service)) this.#readySince.set(service, this.#now());
    }
    for (const { destination, weight = 0 } of this.#extra) {
      if (!this.#readySince.has(destination.host))
        this.#break(`${weight} to ${destination.host} without ready pods`);
    }
  }

  #scaled(before: ReplicaSet | undefined, after: ReplicaSet | undefined): void {
    const isLess = (after?.spec.replicas ?? 0) < (before?.spec.replicas ?? 0);
    if (isLess && before !== undefined) this.#mayGo(before.metadata.name, 'pods');
  }

  #mayGo(name: string, what: string): void {
    const at = this.#routedAt.get(name);
    if (at !== undefined && this.#now() - at < propagationMs) this.#break(`${what} of ${name} go too early`);
  }
}

function isServing({ endpoints }: EndpointSlice): boolean {
  return (endpoints ?? []).some(
    ({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true,
  );
}

interface Tried {
  readonly writes: number;
  readonly prologue: number;
  readonly broken: readonly string[];
  readonly most: number;
  readonly end: unknown;
  readonly writesAtRest: readonly string[];
  readonly failures: readonly string[];
}

type Plot = (world: StoryWorld) => Promise<void>;

async function tell(plot: Plot, steps: readonly object[], crashAfter: number, lagMs = 0): Promise<Tried> {
  let writes = () => 0;
  let isFirst = true;
  const world: StoryWorld = createStoryWorld({
    objects: shopObjects({
      router: 'istio',
      replicas: 2,
      spec: { template: templateOf('web:1') },
      strategy: {
        canary: { ...routedBy('istio'), scaleDownDelaySeconds: 2, abortScaleDownDelaySeconds: 2, steps },
      },
    }),
    isBare: true,
    lagMs,
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
  const watchman = new Watchman(world.sandbox, { propagationMs });
  const watch = new ExtraWatch(world.sandbox);
  await world.sandbox.clock.advance(10_000);
  const prologue = writes();
  await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
  await plot(world);
  const journal = world.sandbox.journal().length;
  if (crashAfter === Number.POSITIVE_INFINITY) await world.sandbox.clock.advance(900_000);
  return {
    writesAtRest: world.sandbox.journal().slice(journal),
    failures: world.failures,
    writes: writes(),
    prologue,
    broken: [...watchman.broken, ...watch.broken],
    most: watch.most,
    end: await endOf(world),
  };
}

async function endOf(world: StoryWorld): Promise<unknown> {
  const rollout = (await world.get(kinds.rollout, 'web')) as unknown as Rollout | undefined;
  const { status = {} } = rollout ?? {};
  return {
    phase: status.phase,
    step: status.currentStepIndex,
    weights: status.canary?.weights,
    experiment: status.canary?.currentExperiment,
    pods: (await world.replicaSets()).map(({ metadata, spec }) => `${metadata.name}:${spec.replicas}`).sort(),
    services: (await world.services()).map(({ metadata }) => metadata.name),
  };
}

const experiment = {
  duration: '4s',
  scaleDownDelaySeconds: 0,
  templates: [
    { name: 'a', specRef: 'canary', weight: 10 },
    { name: 'b', specRef: 'stable', weight: 5 },
  ],
};

const plots: readonly (readonly [name: string, steps: readonly object[], plot: Plot])[] = [
  [
    'runs to its end and the release goes on',
    [{ setWeight: 20 }, { experiment }],
    async (world) => world.sandbox.clock.advance(60_000),
  ],
  [
    'is cancelled by an abort',
    [{ setWeight: 20 }, { experiment: { ...experiment, duration: '1h' } }],
    async (world) => {
      await world.sandbox.clock.advance(12_000);
      await world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
      await world.sandbox.clock.advance(50_000);
    },
  ],
  [
    'is left by a full promotion',
    [{ setWeight: 20 }, { experiment: { ...experiment, duration: '1h' } }],
    async (world) => {
      await world.sandbox.clock.advance(12_000);
      await world.patch(kinds.rollout, 'web', { status: { promoteFull: true } }, 'status');
      await world.sandbox.clock.advance(60_000);
    },
  ],
  [
    'goes with its Rollout',
    [{ setWeight: 20 }, { experiment: { ...experiment, duration: '1h' } }],
    async (world) => {
      await world.sandbox.clock.advance(12_000);
      await world.sandbox.kube.delete({ kind: kinds.rollout, namespace, name: 'web' }, {});
      await world.sandbox.clock.advance(50_000);
    },
  ],
  [
    'is left when the routing is taken out',
    [{ setWeight: 20 }, { experiment: { ...experiment, duration: '1h' } }],
    async (world) => {
      await world.sandbox.clock.advance(12_000);
      const without = { trafficRouting: null, scaleDownDelaySeconds: null, steps: [{ setWeight: 20 }] };
      await world.patch(kinds.rollout, 'web', { spec: { strategy: { canary: without } } });
      await world.sandbox.clock.advance(60_000);
    },
  ],
  [
    'is left by another strategy',
    [{ setWeight: 20 }, { experiment: { ...experiment, duration: '1h' } }],
    async (world) => {
      await world.sandbox.clock.advance(12_000);
      const strategy = { canary: null, blueGreen: { activeService: 'web' } };
      await world.patch(kinds.rollout, 'web', { spec: { strategy } });
      await world.sandbox.clock.advance(60_000);
    },
  ],
  [
    'is left by a third revision',
    [{ setWeight: 20 }, { experiment: { ...experiment, duration: '3s' } }],
    async (world) => {
      await world.sandbox.clock.advance(12_000);
      await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:3') } });
      await world.sandbox.clock.advance(60_000);
    },
  ],
];

describe('an experiment with a share of the traffic', () => {
  it('is left in the moment in which it gets its share: what was written and not noted counts', async () => {
    let isTold = false;
    const steps = [{ setWeight: 20 }, { experiment: { ...experiment, duration: '1h' } }];
    const told = await tell(
      async (world) => {
        world.sandbox.store.onChange(({ after }) => {
          if (isTold || after?.kind !== 'VirtualService' || !JSON.stringify(after).includes('-2-1-a')) return;
          isTold = true;
          // The status of the pass that wrote the route is a conflict then.
          void world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:1') } });
        });
        await world.sandbox.clock.advance(60_000);
      },
      steps,
      Number.POSITIVE_INFINITY,
    );
    expect(told.most).to.equal(10);
    expect(told.failures.join()).to.match(/KubeConflict/);
    expect(told.broken).to.deep.equal([]);
  });

  // Each plot tries some of the moments; together they meet every kind of write.
  for (const [offset, [name, steps, plot]] of plots.entries()) {
    it(`${name}: killed after a write, nobody is sent to pods that are not there`, async function () {
      this.timeout(60_000);
      const whole = await tell(plot, steps, Number.POSITIVE_INFINITY);
      expect(whole.broken).to.deep.equal([]);
      expect(whole.most).to.equal(10);
      expect(whole.writesAtRest).to.deep.equal([]);
      const late = await tell(plot, steps, Number.POSITIVE_INFINITY, 300);
      expect(late.broken, 'with a cache that lags').to.deep.equal([]);
      const stride = Math.ceil((whole.writes - whole.prologue) / 4);
      const first = whole.prologue + 1 + ((2 * offset) % stride);
      for (let crashAfter = first; crashAfter <= whole.writes; crashAfter += stride) {
        const crashed = await tell(plot, steps, crashAfter);
        expect(crashed.broken, `killed after write ${crashAfter}`).to.deep.equal([]);
        expect(crashed.end, `killed after write ${crashAfter}`).to.deep.equal(whole.end);
      }
    });
  }
});
