import { expect } from 'chai';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { createCliWorld, letLook } from '#test/fakes/cli-io.js';
import { buildRelease, releaseStatuses } from '#test/fakes/release.js';

const objects = [
  ...buildRelease({ name: 'calm', status: releaseStatuses.healthy }),
  ...buildRelease({ name: 'held', status: releaseStatuses.paused }),
  ...buildRelease({ name: 'broken', status: releaseStatuses.aborted }),
];

describe('sluice list rollouts', () => {
  const header =
    'NAME        STRATEGY   STATUS        STEP  SET-WEIGHT  READY  DESIRED  UP-TO-DATE  AVAILABLE\n';
  const held = 'held        Canary     Paused        1/4   20          0/0    2        0           0\n';

  it('has the columns of the peer', async () => {
    const { code, out } = await (await createCliWorld({ objects })).run('list rollouts');
    expect(code).to.equal(0);
    expect(out).to.equal(
      `${header}broken      Canary     Degraded      0/4   0           0/0    2        0           0
calm        Canary     Healthy       4/4   100         0/0    2        0           0
${held}`,
    );
  });
  it('lists one namespace, and every one with -A', async () => {
    const world = await createCliWorld({ objects });
    const other = await world.run('list ro -n default');
    expect([other.code, other.out, other.err]).to.deep.equal([0, '', 'No resources found.\n']);
    const all = (await world.run('list ro -A -n default')).out.split('\n');
    expect(all).to.have.length(5);
    expect(all[1]).to.match(/^shop {7}broken /);
    expect((await (await createCliWorld()).run('list rollouts --all-namespaces')).err).to.equal(
      'No resources found.\n',
    );
  });
  it('takes --name and --timestamps', async () => {
    const world = await createCliWorld({ objects });
    expect((await world.run('list ro --name held')).out).to.equal(`${header}${held}`);
    expect((await world.run('list ro --name held --timestamps')).out).to.equal(
      `TIMESTAMP             ${header}2026-01-02T03:12:00Z  ${held}`,
    );
  });
  it('goes on with a line for each change, none while only time passes', async () => {
    const world = await createCliWorld({ objects });
    const running = world.start('list rollouts --watch');
    await letLook(world);
    await letLook(world, 30_000);
    const first = world.out();
    const key = { kind: kinds.rollout, namespace: 'shop', name: 'held' };
    const body = { status: { availableReplicas: 1 } };
    await world.kube.patch(key, { type: 'merge', body }, { subresource: 'status' });
    await letLook(world);
    running.interrupt();
    expect(await running.done).to.equal(0);
    expect(first.split('\n')).to.have.length(5);
    expect(world.out().slice(first.length)).to.equal(held.replace(/0\n/, '1\n'));
  });
  it('says with -o wide what each waits for, what needs a person first', async () => {
    const world = await createCliWorld({ objects });
    expect((await world.run('list rollouts -o wide')).out).to.equal(
      `NAMESPACE  NAME    STRATEGY  PHASE     STEP  WEIGHT  READY  WHY
shop       broken  canary    Degraded  0/4   0 %     1/2    aborted: gate success-rate: 1 failed, 0 tolerated
shop       held    canary    Paused    1/4   20 %    1/2    step 2 of 4: pause without end
shop       calm    canary    Healthy   4/4   100 %   1/2    1 of 2 pods ready
`,
    );
    expect((await world.run('list rollouts -o json')).code).to.equal(2);
  });
});

describe('sluice list experiments', () => {
  it('says how long each still runs', async () => {
    const experiment = (name: string, spec: object, status: object): KubeObject =>
      ({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Experiment',
        metadata: { name, namespace: 'shop' },
        spec: { templates: [], ...spec },
        status,
      }) as KubeObject;
    const availableAt = '2026-01-02T03:10:00Z';
    const world = await createCliWorld({
      objects: [
        experiment('ended', { duration: '1m' }, { phase: 'Successful', availableAt }),
        experiment('endless', {}, { phase: 'Running', availableAt }),
        experiment('my-experiment', { duration: '3h' }, { phase: 'Running', availableAt }),
      ],
    });
    expect((await world.run('list experiments')).out).to.equal(
      `NAME           STATUS      DURATION  REMAINING  AGE
ended          Successful  60s       -          12m
endless        Running     -         -          12m
my-experiment  Running     3h        178m       12m
`,
    );
    expect((await (await createCliWorld()).run('list exp')).err).to.equal('No resources found.\n');
  });
});
