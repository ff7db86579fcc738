import { expect } from 'chai';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import type { Kube } from '#ports/kube.js';
import { KubeEventRecorder } from '#runtime/events/event-recorder.js';
import { shopObjects, templateOf } from './shop.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import { createStoryWorld, namespace } from './world.js';

type Counts = Record<string, number>;

/** Counts the writes that go through, by verb and kind. */
function counting(counts: Counts): (kube: Kube) => Kube {
  const count = (verb: string, kind: string, subresource?: string) => {
    const what = `${verb} ${kind}${subresource === undefined ? '' : `/${subresource}`}`;
    counts[what] = (counts[what] ?? 0) + 1;
  };
  return (kube) => ({
    ...kube,
    create: (kind, object, options) => {
      count('create', kind.kind, options?.subresource);
      return kube.create(kind, object, options);
    },
    update: (kind, object, options) => {
      count('update', kind.kind);
      return kube.update(kind, object, options);
    },
    patch: (key, patch, options) => {
      count('patch', key.kind.kind, options?.subresource);
      return kube.patch(key, patch, options);
    },
    delete: (key, options) => {
      count('delete', key.kind.kind);
      return kube.delete(key, options);
    },
  });
}

const pause = { pause: { duration: '1s' } };
const steps = [20, 40, 60, 80].flatMap((setWeight) => [{ setWeight }, pause]);

interface Told {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}

/** What a release was to the API server: until it was Healthy, and until its last event was told. */
interface Release {
  readonly healthyMs: number;
  readonly untilHealthy: Counts;
  readonly inAll: Counts;
  readonly events: readonly Told[];
  /** The longest time from what happened to the Event object that tells of it. */
  readonly latestMs: number;
}

/** A release of the benches, as they set it up: a deployment, three seconds of silence, an update. */
async function release(replicas: number): Promise<Release> {
  const counts: Counts = {};
  const strategy = { canary: { maxSurge: '25%', maxUnavailable: 0, steps } };
  const world = createStoryWorld({
    objects: shopObjects({ replicas, strategy }),
    images: { 'web:1': { readyAfterMs: 20 }, 'web:2': { readyAfterMs: 20 } },
    wrapKube: counting(counts),
    createRecorder: (kube, clock) =>
      new KubeEventRecorder({ kube, clock, log: createSilentLog(), component: 'rollouts-controller' }),
  });
  const { clock, store, kube } = world.sandbox;
  await clock.advance(4000);
  for (const what of Object.keys(counts)) delete counts[what];
  const started = clock.now();
  const seen = { healthyMs: 0, untilHealthy: {}, latestMs: 0 };
  store.onChange(({ before, after }) => {
    const happened =
      after?.kind === 'Event' && before === undefined ? momentOf(after.metadata.name) : undefined;
    if (happened !== undefined) seen.latestMs = Math.max(seen.latestMs, clock.now() - happened);
    if (after?.kind !== 'Rollout' || phaseOf(before) === phaseOf(after) || phaseOf(after) !== 'Healthy')
      return;
    Object.assign(seen, { healthyMs: clock.now() - started, untilHealthy: { ...counts } });
  });
  await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
  await clock.advance(10_000);
  const { items } = await kube.list(kinds.event, { namespace });
  const events = (items as unknown as readonly (Told & KubeObject & { involvedObject: { kind: string } })[])
    .filter(
      ({ involvedObject, metadata }) =>
        involvedObject.kind === 'Rollout' && (momentOf(metadata.name) ?? 0) >= started,
    )
    .map(({ reason, message, count }) => ({ reason, message, count }));
  return { ...seen, inAll: counts, events };
}

function phaseOf(object: KubeObject | undefined): string | undefined {
  return (object as { readonly status?: { readonly phase?: string } } | undefined)?.status?.phase;
}

/** Events are named after their moment. */
function momentOf(name: string): number | undefined {
  const [, nanos] = /^web\.([0-9a-f]+)$/.exec(name) ?? [];
  return nanos === undefined ? undefined : Number(BigInt(`0x${nanos}`) / 1_000_000n);
}

const sum = (counts: Counts) => Object.values(counts).reduce((all, count) => all + count, 0);

describe('the writes of a release', () => {
  let five: Release;
  before(async () => {
    five = await release(5);
  });

  it('are one a transition: five replicas, four weights, pauses of a second', () => {
    expect(five.inAll).to.deep.equal({
      'create ReplicaSet': 1,
      'patch ReplicaSet': 9,
      'patch Rollout': 1,
      'patch Rollout/status': 10,
      'create Event': 18,
      'patch Event': 3,
    });
  });

  it('are at most 36 until it is Healthy; what is left are words of its end', () => {
    expect(sum(five.untilHealthy)).to.equal(35);
  });

  it('come with nothing between the pods and the pauses', () => {
    const pods = 5 * 20; // each of the five sizes waits for its pod
    expect(five.healthyMs).to.equal(4000 + pods);
  });

  it('tell every step and order in words of its own, in the order of the reference', () => {
    const told = five.events.filter(({ reason }) => reason !== 'ScalingReplicaSet');
    expect(told.map(({ reason, count }) => `${reason} ${count}`)).to.deep.equal([
      'RolloutUpdated 1',
      'NewReplicaSetCreated 1',
      'RolloutNotCompleted 1',
      'RolloutStepCompleted 1',
      'RolloutPaused 4',
      'RolloutStepCompleted 1',
      'RolloutResumed 4',
      ...Array.from({ length: 6 }, () => 'RolloutStepCompleted 1'),
      'RolloutCompleted 1',
    ]);
    const words = steps.flatMap((step, i) => {
      const what = 'setWeight' in step ? `setWeight: ${step.setWeight}` : 'pause: 1s';
      return `Rollout step ${i + 1}/8 completed (${what})`;
    });
    const completed = told.filter(({ reason }) => reason === 'RolloutStepCompleted');
    expect(completed.map(({ message }) => message)).to.deep.equal(words);
  });

  it('tell every size in its words, and late ones together', () => {
    const sizes = five.events.filter(({ reason }) => reason === 'ScalingReplicaSet');
    expect(sizes.map(({ count }) => count)).to.deep.equal([1, 1, 4, 4]);
    const all = sizes.flatMap(({ message }) => message.split('; '));
    expect(all).to.have.length(10);
    expect(all.map((words) => words.replace(/ReplicaSet \S+ /, ''))).to.include.members([
      'Scaled up (revision 2) from 0 to 1',
      'Scaled down (revision 1) from 5 to 4',
      'Scaled up (revision 2) from 4 to 5',
      'Scaled down (revision 1) from 1 to 0',
    ]);
  });

  it('tell nothing later than two seconds', () => {
    expect(five.latestMs).to.be.within(1, 2000);
  });

  it('are fewer with one replica', async () => {
    const { untilHealthy } = await release(1);
    expect(sum(untilHealthy)).to.equal(26);
  });
});
