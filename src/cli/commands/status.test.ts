import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { createCliWorld, letLook } from '#test/fakes/cli-io.js';
import { buildRelease, releaseStatuses } from '#test/fakes/release.js';

const key = { kind: kinds.rollout, namespace: 'shop', name: 'web' };
const { paused, healthy, aborted } = releaseStatuses;
const isHealthyNow = { ...healthy, pauseConditions: null, controllerPause: false };

describe('sluice status', () => {
  it('is done at once when the rollout is healthy', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: healthy }) });
    const running = world.start('status web');
    await letLook(world);
    expect([await running.done, world.out(), world.err()]).to.deep.equal([0, 'Healthy\n', '']);
  });
  it('follows until it is healthy, and says what is awaited on standard error', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: paused }) });
    const running = world.start('status -w web');
    await letLook(world);
    await world.kube.patch(key, { type: 'merge', body: { status: isHealthyNow } }, { subresource: 'status' });
    await letLook(world);
    expect([await running.done, world.out()]).to.deep.equal([0, 'Paused - CanaryPauseStep\nHealthy\n']);
    expect(world.err()).to.equal(
      '  Canary gets 20 % (33 % of ready pods). Waiting for a person: the pause at step 2 of 4 has no end. After that: 10 min of pauses.\n',
    );
  });
  it('fails for a degraded rollout', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: aborted }) });
    const running = world.start('status web');
    await letLook(world);
    expect(await running.done).to.equal(1);
    expect(world.out()).to.match(/^Degraded - RolloutAborted: /);
    expect(world.err()).to.include('Waiting for a retry, a new version or an undo');
    expect(world.err()).to.include(
      'error: The rollout is in a degraded state with message: RolloutAborted: Rollout aborted update to revision 2: ',
    );
  });
  it('fails when the time is over', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: paused }) });
    const running = world.start('status web --timeout 90s');
    await letLook(world);
    await letLook(world, 91_000);
    expect(await running.done).to.equal(1);
    expect(world.err()).to.include('error: Rollout status watch exceeded timeout\n');
  });
  for (const line of ['status web --watch=false', 'status web -w=false', 'status web --no-watch'])
    it(`prints the phase and ends: "${line}"`, async () => {
      const world = await createCliWorld({ objects: buildRelease({ status: paused }) });
      const { code, out } = await world.run(line);
      expect([code, out]).to.deep.equal([0, 'Paused - CanaryPauseStep\n']);
    });
  it('does not take a status for new that is older than the spec', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: healthy }) });
    await world.kube.patch(key, { type: 'merge', body: { spec: { replicas: 3 } } });
    expect((await world.run('status web --watch=false')).out).to.equal(
      'Progressing - waiting for rollout spec update to be observed\n',
    );
  });
  it('waits for the template of a workload that is referred to', async () => {
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'base' };
    const spec = { workloadRef };
    const world = await createCliWorld({
      objects: buildRelease({ status: { ...healthy, workloadObservedGeneration: '3' }, spec }),
    });
    const annotations = { 'rollout.argoproj.io/workload-generation': '4' };
    await world.kube.patch(key, { type: 'merge', body: { metadata: { annotations } } });
    expect((await world.run('status web --watch=false')).out).to.equal(
      'Progressing - waiting for rollout spec update to be observed for the reference workload\n',
    );
  });
  it('fails for a degraded rollout without following, too', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: aborted }) });
    const { code } = await world.run('status web --watch=false');
    expect(code).to.equal(1);
  });
  it('ends with 130 when the user interrupts', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: paused }) });
    const running = world.start('status web');
    await letLook(world);
    running.interrupt();
    expect(await running.done).to.equal(130);
  });
  it('refuses a timeout that is no duration', async () => {
    const { code, err } = await (await createCliWorld()).run('status web --timeout soon');
    expect([code, err]).to.deep.equal([
      2,
      'error: --timeout soon: expected a duration such as 90s, 10m or 1h30m\n',
    ]);
  });
});

describe('an API server that is away', () => {
  async function worldWith(isAway: () => boolean) {
    return createCliWorld({
      objects: buildRelease({ status: paused }),
      kube: (kube) => ({
        ...kube,
        get: async (asked) => {
          if (isAway()) throw new AppError('KubeUnreachable', 'https://10.0.0.1: connection refused');
          return kube.get(asked);
        },
      }),
    });
  }

  it('ends a command at once when nothing was seen yet', async () => {
    const world = await worldWith(() => true);
    const running = world.start('status web');
    await letLook(world);
    expect(await running.done).to.equal(1);
    expect(world.err()).to.match(
      /^error: the cluster does not answer: https:\/\/10\.0\.0\.1: connection refused\n/,
    );
  });
  it('is waited for once something was seen', async () => {
    let isAway = false;
    const world = await worldWith(() => isAway);
    const running = world.start('status web');
    await letLook(world);
    isAway = true;
    await world.kube.patch(key, { type: 'merge', body: { status: isHealthyNow } }, { subresource: 'status' });
    await letLook(world, 5000);
    isAway = false;
    await letLook(world, 1100);
    expect(await running.done).to.equal(0);
    expect(world.err()).to.include('connection refused; trying again\n');
  });
  it('is not waited for longer than a minute', async () => {
    let isAway = false;
    const world = await worldWith(() => isAway);
    const running = world.start('status web');
    await letLook(world);
    isAway = true;
    await world.kube.patch(key, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } });
    await letLook(world, 62_000);
    expect(await running.done).to.equal(1);
    expect(world.err()).to.include(
      'error: the cluster does not answer: https://10.0.0.1: connection refused\n',
    );
  });
});
