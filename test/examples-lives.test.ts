import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { Deployment } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { objectsIn, ReleaseWorld, vectorOutcome } from '#test/fakes/release-world.js';

const image = (version: number): string => `sluice.dev/demo:v${version}`;

interface Life {
  readonly folder: string;
  /** Where its users send their requests. */
  readonly host: string;
  /** The share of requests that a new version gets in a settled pause, step index to percent. */
  readonly shares: Readonly<Record<number, number>>;
}

const lives: readonly Life[] = [
  { folder: 'canary', host: 'myapp.production', shares: { 1: 9, 3: 20, 5: 50 } },
  { folder: 'blue-green', host: 'api-server-active.backend', shares: {} },
  { folder: 'canary-istio', host: 'web.shop.example', shares: { 2: 0, 5: 20, 7: 60 } },
  { folder: 'experiment', host: 'search.lab.example', shares: { 2: 50 } },
  { folder: 'canary-nginx', host: 'site.shop.example', shares: { 1: 20, 3: 60 } },
];

describe('the life of an example', () => {
  for (const life of lives) {
    it(`${life.folder}: first version, a good one to the end, a bad one back, and Healthy again`, async () => {
      const { world, quality } = begin(life.folder);
      await world.untilPhase('Healthy');
      await world.sandbox.clock.advance(1_000);
      world.sandbox.gateway.startLoad({ host: life.host, perSecond: 10 });

      await world.setImage(image(2));
      await promoted(world, life);
      expect(await sharesNow(world)).to.deep.equal({ [image(2)]: 100 });

      quality.value = 0.5;
      await world.setImage(image(3));
      await aborted(world);
      expect(await sharesNow(world)).to.deep.equal({ [image(2)]: 100 });

      const pods = await podNames(world, image(2));
      await world.setImage(image(2));
      await world.untilPhase('Healthy');
      expect(await podNames(world, image(2))).to.deep.equal(pods);
      expect(world.sandbox.gateway.tally().losses, 'requests lost').to.deep.equal([]);
      expect(world.failures, 'failed passes').to.deep.equal([]);
    });
  }

  it('migrate-deployment: a live Deployment is taken over, released by, and given back without a lost request', async () => {
    const { world } = begin('migrate-deployment');
    const { kube, clock, gateway } = world.sandbox;
    const where = { namespace: 'orders', name: 'orders' };
    const size = async () =>
      (await kube.get<Deployment>({ kind: kinds.deployment, ...where }))?.spec.replicas;
    await clock.advance(3_000);
    gateway.startLoad({ host: 'orders.orders', perSecond: 10 });
    await world.untilPhase('Healthy');
    await clock.advance(5_000);
    expect(await size()).to.equal(0);

    const containers = [{ name: 'orders', image: image(2) }];
    const body = { spec: { template: { spec: { containers } } } };
    await kube.patch({ kind: kinds.deployment, ...where }, { type: 'strategic', body });
    await world.until(({ status }) => status?.phase === 'Paused');
    expect((await world.rollout()).status?.why?.[0]?.what).to.equal('a person to promote or abort');
    expect(await world.act('promote')).to.equal(true);
    await world.untilPhase('Healthy');
    expect(await sharesNow(world)).to.deep.equal({ [image(2)]: 100 });

    await kube.delete({ kind: kinds.rollout, ...where }, { propagationPolicy: 'Orphan' });
    await clock.advance(20_000);
    expect(await size()).to.equal(4);
    const { items } = await kube.list(kinds.replicaSet, { labelSelector: 'rollouts-pod-template-hash' });
    for (const { metadata } of items) {
      await kube.delete({ kind: kinds.replicaSet, namespace: 'orders', name: metadata.name });
    }
    await clock.advance(20_000);
    expect(gateway.tally().losses, 'requests lost').to.deep.equal([]);
    expect(world.failures, 'failed passes').to.deep.equal([]);
  });

  it('canary-istio: testers reach the new version before anybody else does', async () => {
    const { world } = begin('canary-istio');
    await world.untilPhase('Healthy');
    await world.setImage(image(2));
    await world.until(({ status }) => status?.currentStepIndex === 2 && status.phase === 'Paused');
    await world.sandbox.clock.advance(5_000);
    const { gateway } = world.sandbox;
    const tester = { host: 'web.shop.example', headers: { 'x-tester': 'yes' } };
    expect(gateway.send(tester)).to.include({ image: image(2) });
    expect(gateway.send({ host: 'web.shop.example' })).to.include({ image: image(1) });
  });

  it('experiment: both versions get a tenth each while they are compared, and nobody of the Rollout is moved', async () => {
    const { world } = begin('experiment');
    await world.untilPhase('Healthy');
    await world.sandbox.clock.advance(1_000);
    world.sandbox.gateway.startLoad({ host: 'search.lab.example', perSecond: 10 });
    await world.setImage(image(2));
    await world.sandbox.clock.advance(20_000);
    const shares = await sharesNow(world);
    expect(shares[image(2)]).to.be.closeTo(10, 5);
    const { status } = await world.rollout();
    expect(status?.canary?.weights?.additional?.map(({ weight }) => weight)).to.deep.equal([10, 10]);
    expect(status?.canary?.weights?.canary.weight).to.equal(0);
    await world.sandbox.clock.advance(300_000);
    expect((await world.rollout()).status?.canary?.weights?.additional).to.equal(undefined);
    expect(world.sandbox.gateway.tally().losses, 'requests lost').to.deep.equal([]);
  });

  it('blue-green: the preview is complete and measured before a person may promote, the old pods stay for 30 s', async () => {
    const { world } = begin('blue-green');
    await world.untilPhase('Healthy');
    await world.setImage(image(2));
    await world.untilPhase('Paused');
    const { gateway, clock } = world.sandbox;
    expect(gateway.send({ host: 'api-server-preview.backend' })).to.include({ image: image(2) });
    expect(gateway.send({ host: 'api-server-active.backend' })).to.include({ image: image(1) });
    expect(world.metrics.asked).to.have.length(5);
    expect(world.metrics.asked[0]?.provider)
      .to.have.property('query')
      .that.contains('service="api-server-preview"');
    await world.act('promote');
    await clock.advance(25_000);
    expect(await podNames(world, image(1))).to.have.length(5);
    await clock.advance(10_000);
    expect(await podNames(world, image(1))).to.have.length(0);
  });
});

function begin(folder: string) {
  const objects = objectsIn(`examples/${folder}`);
  const found = objects.find(({ kind }) => kind === 'Rollout');
  const { name = '', namespace = '' } = found?.metadata ?? {};
  const quality = { value: 1 };
  const world = new ReleaseWorld({
    objects,
    rollout: { name, namespace },
    metric: () => vectorOutcome(quality.value),
  });
  return { world, quality };
}

/** Goes to the end; a person promotes where the example waits for one, and nothing else. */
async function promoted(world: ReleaseWorld, { shares }: Life): Promise<void> {
  const seen = new Set<number>();
  const look = ({ status }: Rollout): boolean =>
    status?.phase === 'Healthy' || (status?.phase === 'Paused' && !seen.has(status.currentStepIndex ?? -1));
  for (let stops = 0; stops < 9; stops++) {
    await world.sandbox.clock.advance(2_000);
    await world.until(look, 30);
    const { spec, status } = await world.rollout();
    if (status?.phase === 'Healthy') break;
    const index = status?.currentStepIndex ?? -1;
    seen.add(index);
    const share = shares[index];
    if (share !== undefined) expect((await sharesNow(world))[image(2)] ?? 0).to.be.closeTo(share, 12);
    const isTimed = spec.strategy?.canary?.steps?.[index]?.pause?.duration !== undefined;
    if (!isTimed) expect(await world.act('promote')).to.equal(true);
  }
  await world.untilPhase('Healthy', 1);
}

/** The analysis of the example ends the update, or a person does where it has none. */
async function aborted(world: ReleaseWorld): Promise<void> {
  const { blueGreen, canary } = (await world.rollout()).spec.strategy ?? {};
  const isTried = canary?.steps?.some(({ experiment }) => experiment !== undefined) === true;
  const isMeasured = isTried || blueGreen !== undefined || canary?.analysis !== undefined;
  if (!isMeasured) {
    await world.until(({ status }) => status?.phase === 'Paused');
    await world.sandbox.clock.advance(20_000);
    expect(await world.act('abort')).to.equal(true);
  }
  await world.untilPhase('Degraded', 30);
  const why = isMeasured ? 'Metric "success-rate" assessed Failed' : 'Rollout aborted update to revision 3';
  expect(await world.says()).to.contain(why);
  await world.sandbox.clock.advance(60_000);
}

/** Percent of the next two hundred requests by image, whole numbers; images without any are absent. */
async function sharesNow(world: ReleaseWorld): Promise<Readonly<Record<string, number>>> {
  const { gateway, clock } = world.sandbox;
  const before = gateway.tally().byImage;
  await clock.advance(20_000);
  const counts = Object.entries(gateway.tally().byImage).map(
    ([name, count]) => [name, Math.round((count - (before[name] ?? 0)) / 2)] as const,
  );
  return Object.fromEntries(counts.filter(([, share]) => share > 0));
}

async function podNames(world: ReleaseWorld, wanted: string): Promise<readonly string[]> {
  const { items } = await world.sandbox.kube.list(kinds.pod);
  return items
    .filter((pod) => JSON.stringify(pod['spec']).includes(`"${wanted}"`))
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name)
    .toSorted();
}
