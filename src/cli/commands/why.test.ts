import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { createCliWorld, letLook } from '#test/fakes/cli-io.js';
import { buildRelease, releaseStatuses } from '#test/fakes/release.js';

const why = [
  {
    what: 'the pods of ReplicaSet web-bbbb: 0 of 1 available',
    object: 'ReplicaSet/shop/web-bbbb',
    since: '2026-01-02T03:07:00Z',
    unblockedBy: 'the pods',
    reason: 'PodsNotAvailable',
  },
  {
    what: '0/3 nodes are available: 3 Insufficient cpu.',
    object: 'Pod/shop/web-bbbb-0',
    since: '2026-01-02T03:07:10Z',
    unblockedBy: 'whoever adds nodes',
    reason: 'Unschedulable',
  },
];

describe('sluice why', () => {
  it('says what is awaited, on which object, since when, and who can end it', async () => {
    const world = await createCliWorld({ objects: buildRelease({ ready: 0, status: { why } }) });
    const { code, out } = await world.run('why web');
    expect(code).to.equal(0);
    expect(out.split('\n')[0]).to.equal('Progressing - more replicas need to be updated');
    expect(out).to.include(
      '  5m  the pods of ReplicaSet web-bbbb: 0 of 1 available (ReplicaSet/shop/web-bbbb; the pods)\n' +
        '  4m50s  0/3 nodes are available: 3 Insufficient cpu. (Pod/shop/web-bbbb-0; whoever adds nodes)\n',
    );
  });
  it('names the commands of a person, from the conditions where there is no list', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: releaseStatuses.paused }) });
    const { out } = await world.run('why rollout/web');
    expect(out).to.include('↳ pause at step 2 of 4 (for 7 min)');
    expect(out).to.include('go on:     sluice promote web -n shop');
  });
  it('says nothing more of a healthy rollout', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: releaseStatuses.healthy }) });
    expect((await world.run('why web')).out).to.equal('Healthy\n');
  });
  it('prints the list for programs', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: { why } }) });
    expect(JSON.parse((await world.run('why web -o json')).out)).to.deep.equal(why);
    expect((await world.run('why web -o yaml')).code).to.equal(2);
  });
  it('says it again whenever it changes, until the rollout is healthy', async () => {
    const world = await createCliWorld({ objects: buildRelease({ ready: 0, status: { why } }) });
    const running = world.start('why web -w');
    await letLook(world);
    await letLook(world, 30_000);
    const key = { kind: kinds.rollout, namespace: 'shop', name: 'web' };
    const change = async (status: object) =>
      world.kube.patch(key, { type: 'merge', body: { status } }, { subresource: 'status' });
    await change({ why: why.slice(1) });
    await letLook(world);
    await change({ phase: 'Healthy', message: '', why: null });
    await letLook(world);
    expect(await running.done).to.equal(0);
    const said = world.out().match(/^\S+Z .*$/gm);
    expect(said).to.deep.equal([
      '2026-01-02T03:12:00Z Progressing - more replicas need to be updated',
      '2026-01-02T03:12:30Z Progressing - more replicas need to be updated',
      '2026-01-02T03:12:30Z Healthy',
    ]);
  });
});
