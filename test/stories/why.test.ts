import { expect } from 'chai';
import type { WhyEntry } from '#api/argoproj/rollout.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { observeRollout } from '#controllers/rollout/observe.js';
import { decideRollout } from '#core/rollout/decide.js';
import { formatInstant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import { trafficProviders } from '#providers/index.js';
import { routedBy, shopObjects, templateOf, type ShopOptions } from './shop.js';
import { createStoryWorld, namespace, type StoryWorld, type StoryWorldOptions } from './world.js';

const gated = { canary: { steps: [{ setWeight: 25 }, { pause: {} }] } };

async function settled(
  shop: Partial<ShopOptions> = {},
  options: Partial<StoryWorldOptions> = {},
): Promise<StoryWorld> {
  const objects = [...shopObjects({ strategy: gated, ...shop }), ...(options.objects ?? [])];
  const world = createStoryWorld({ ...options, objects });
  await world.sandbox.clock.advance(20_000);
  return world;
}

async function update(world: StoryWorld, image = 'web:2', ms = 20_000): Promise<void> {
  await world.patch(kinds.rollout, 'web', { spec: { template: templateOf(image) } });
  await world.sandbox.clock.advance(ms);
}

async function why(world: StoryWorld): Promise<readonly WhyEntry[]> {
  return (await world.rollout()).status.why ?? [];
}

/** `reason: what (object; who)` of each, without the names that the cluster makes up. */
async function told(world: StoryWorld): Promise<readonly string[]> {
  return (await why(world)).map(print);
}

function print({ what, object, unblockedBy, reason }: WhyEntry): string {
  const line = `${reason ?? '-'}: ${what} (${object}; ${unblockedBy})`;
  return line.replaceAll(/web-[a-z0-9]{8,10}(-[a-z0-9]{5})?/g, (_all, pod) =>
    pod === undefined ? '<rs>' : '<pod>',
  );
}

/** What a pass would tell if the cluster's objects of a kind were these. */
function toldOf(
  world: StoryWorld,
  kind: string,
  change: (object: UnknownObject) => object,
): readonly string[] {
  const { cache } = world.sandbox.engine;
  const changed: Cache = {
    get: (one, where, name) => cache.get(one, where, name),
    list: (one, query) => {
      const found = cache.list(one, query);
      // A change keeps the kind of the object.
      return (one.kind === kind ? found.map(change) : found) as never;
    },
  };
  const rollout = changed.list<Awaited<ReturnType<StoryWorld['rollout']>>>(kinds.rollout)[0];
  if (rollout === undefined) throw new Error('no Rollout');
  const options = { providers: trafficProviders, propagationMs: {}, endpointPropagationMs: 1000 };
  const decision = decideRollout(observeRollout(changed, rollout, world.sandbox.clock.now(), options));
  return (decision.status.why ?? []).map(print);
}

describe('status.why', () => {
  it('says nothing of a healthy Rollout', async () => {
    const world = await settled();
    expect((await world.rollout()).status).to.not.have.property('why');
  });

  it('tells of a manual gate, who opens it and since when', async () => {
    const world = await settled();
    await update(world);
    expect(await told(world)).to.deep.equal([
      'CanaryPauseStep: a person to promote or abort (Rollout/shop/web; a person)',
    ]);
    const [entry] = await why(world);
    expect(entry?.since).to.equal((await world.rollout()).status.pauseConditions?.[0]?.startTime);
  });

  it('tells of a gate of blue-green and of a pause by hand', async () => {
    const strategy = { blueGreen: { activeService: 'web', autoPromotionEnabled: false } };
    const world = await settled({ strategy });
    await update(world);
    expect(await told(world)).to.deep.equal([
      'BlueGreenPause: a person to promote or abort (Rollout/shop/web; a person)',
    ]);
    await world.patch(kinds.rollout, 'web', { spec: { paused: true } });
    await world.sandbox.clock.advance(5_000);
    expect((await told(world))[0]).to.match(/^ManuallyPaused: a person to unpause/);
  });

  it('tells when a pause ends by itself', async () => {
    const world = await settled({ strategy: { canary: { steps: [{ pause: { duration: '1h' } }] } } });
    await update(world);
    const [entry] = await why(world);
    expect(entry).to.include({ what: 'the pause to end', unblockedBy: 'time' });
    expect(Date.parse(entry?.until ?? '') - Date.parse(entry?.since ?? '')).to.equal(3_600_000);
  });

  it('tells of an image that cannot be pulled, once for all pods, and writes nothing while it lasts', async () => {
    const world = await settled({}, { images: { 'web:2': { isImageMissing: true } } });
    await update(world, 'web:2', 60_000);
    const first = await why(world);
    expect((await told(world)).at(-1)).to.equal(
      'ImagePullBackOff: a pod of ReplicaSet <rs>: image "web:2" of container web cannot be pulled (Pod/shop/<pod>; the user\'s manifest or the registry)',
    );
    const written = () => world.sandbox.journal().filter((line) => line.includes('Rollout/shop/web')).length;
    const before = written();
    await world.sandbox.clock.advance(300_000);
    expect(written()).to.equal(before);
    expect(await why(world)).to.deep.equal(first);
  });

  it('tells of a crash loop with the last exit, and stays with it from crash to crash', async () => {
    const world = await settled({}, { images: { 'web:2': { crashAfterMs: 500 } } });
    await update(world, 'web:2', 30_000);
    const line =
      "CrashLoopBackOff: a pod of ReplicaSet <rs>: container web keeps ending (exit code 1) (Pod/shop/<pod>; the user's manifest)";
    expect((await told(world)).at(-1)).to.equal(line);
    const first = await why(world);
    await world.sandbox.clock.advance(240_000);
    expect(await why(world)).to.deep.equal(first);
  });

  it("tells of pods that cannot be scheduled in the scheduler's words, together", async () => {
    const world = await settled({}, { images: { 'web:2': { readyAfterMs: 'never' } } });
    await update(world);
    const message = '0/3 nodes are available: 3 Insufficient cpu.';
    const conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message,
        lastTransitionTime: '2026-01-01T00:00:20Z',
      },
    ];
    const lines = toldOf(world, 'Pod', (pod) => ({ ...pod, status: { phase: 'Pending', conditions } }));
    expect(lines.join()).to.match(
      /Unschedulable: \d pods of ReplicaSet <rs>: cannot be scheduled: 0\/3 nodes are available: 3 Insufficient cpu\. \(Pod\/shop\/<pod>; the nodes of the cluster\)/,
    );
  });

  it('tells of a container that cannot start for want of what it names', async () => {
    const world = await settled({}, { images: { 'web:2': { readyAfterMs: 'never' } } });
    await update(world);
    const waiting = { reason: 'CreateContainerConfigError', message: 'secret "keys" not found' };
    const status = {
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: 'False' },
      ],
      containerStatuses: [{ name: 'web', image: 'web:2', ready: false, state: { waiting } }],
    };
    expect(toldOf(world, 'Pod', (pod) => ({ ...pod, status })).join()).to.contain(
      'container web cannot start: secret "keys" not found',
    );
  });

  it('tells of pods that a quota refuses', async () => {
    const world = await settled({}, { images: { 'web:2': { readyAfterMs: 'never' } } });
    await update(world);
    const failure = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message:
        'pods "x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4',
    };
    const lines = toldOf(world, 'ReplicaSet', (rs) => ({
      ...rs,
      status: { ...(rs['status'] as object), conditions: [failure] },
    }));
    expect(lines.join())
      .to.contain('ExceededQuota: pods of ReplicaSet <rs> are refused')
      .and.to.contain('limited: pods=4');
    expect(lines.join()).to.contain('the quota of the namespace');
  });

  it('tells of an analysis that is under way, of an abort, and of an invalid spec', async () => {
    const template = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name: 'good', namespace },
      spec: { metrics: [{ name: 'm', count: 1, provider: { web: { url: 'http://nowhere' } } }] },
    };
    const steps = [{ setWeight: 25 }, { analysis: { templates: [{ templateName: 'good' }] } }];
    const world = await settled({ strategy: { canary: { steps } } }, { objects: [template] });
    await update(world);
    expect((await told(world)).join()).to.match(
      /AnalysisPending: AnalysisRun .* to end \(AnalysisRun\/shop\/.*; the gate\)/,
    );
    await world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
    await world.sandbox.clock.advance(20_000);
    expect((await told(world))[0]).to.equal(
      'Aborted: a retry, a new revision or an undo: the update is aborted (Rollout/shop/web; a person)',
    );
    await world.patch(kinds.rollout, 'web', { spec: { progressDeadlineSeconds: -1 } });
    await world.sandbox.clock.advance(20_000);
    const lines = await told(world);
    expect(lines.at(-1))
      .to.contain('InvalidSpec: The Rollout "web" is invalid')
      .and.to.contain("user's manifest");
  });

  it('tells of pods that a Service needs, and of endpoints that are not seen', async () => {
    const strategy = { canary: { ...routedBy('istio'), steps: [{ setWeight: 50 }, { pause: {} }] } };
    const world = await settled(
      { strategy, router: 'istio' },
      { images: { 'web:2': { readyAfterMs: 60_000 } } },
    );
    await update(world, 'web:2', 30_000);
    expect((await told(world)).join()).to.contain(
      'PodsNotAvailable: pods of ReplicaSet <rs> to be available (ReplicaSet/shop/<rs>; the pods)',
    );
    await world.sandbox.clock.advance(60_000);
    const lines = toldOf(world, 'EndpointSlice', (slice) => ({ ...slice, endpoints: [] }));
    expect(lines.join())
      .to.contain('EndpointsNotSeen: endpoints of Service web')
      .and.to.contain('(Service/shop/web');
  });

  it('tells of a disruption budget that holds a restart back', async () => {
    const budget: KubeObject & { readonly spec: unknown } = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'all', namespace },
      spec: { minAvailable: 4, selector: { matchLabels: { app: 'web' } } },
    };
    const world = await settled({}, { objects: [budget] });
    await world.patch(kinds.rollout, 'web', {
      spec: { restartAt: formatInstant(world.sandbox.clock.now()) },
    });
    await world.sandbox.clock.advance(90_000);
    expect((await told(world)).at(-1)).to.equal(
      'DisruptionBudget: PodDisruptionBudget all to allow the eviction of a pod (PodDisruptionBudget/shop/all; the disruption budget)',
    );
    await world.sandbox.kube.delete({ kind: kinds.podDisruptionBudget, namespace, name: 'all' });
    await world.sandbox.clock.advance(90_000);
    expect(await why(world)).to.deep.equal([]);
  });

  it('keeps since while counts change, and writes no second time what it said', async () => {
    const world = await settled({
      replicas: 4,
      strategy: { canary: { steps: [{ setWeight: 100 }, { pause: {} }], maxSurge: 1, maxUnavailable: 0 } },
    });
    await update(world, 'web:2', 3_000);
    const statuses = world.decisions.slice(-40).map(({ status }) => status.why ?? []);
    for (const entries of statuses) {
      expect(entries.every(({ since }) => !Number.isNaN(Date.parse(since)))).to.equal(true);
    }
    const last = world.decisions.at(-1)?.status;
    expect((await world.rollout()).status.why).to.deep.equal(last?.why);
  });
});
