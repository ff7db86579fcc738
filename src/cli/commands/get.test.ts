import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { createCliWorld, letLook, type CliWorldOptions } from '#test/fakes/cli-io.js';
import { buildRelease, buildRun, releaseStatuses } from '#test/fakes/release.js';

const key = { kind: kinds.rollout, namespace: 'shop', name: 'web' };
const bluegreen = {
  strategy: {
    blueGreen: { activeService: 'web', previewService: 'web-preview', autoPromotionEnabled: false },
  },
};

/** Of two stable pods and a canary. */
const counts = { replicas: 3, updatedReplicas: 1, readyReplicas: 3, availableReplicas: 3 };

async function get(options: CliWorldOptions, line = 'get rollout web'): Promise<string> {
  const { out } = await (await createCliWorld(options)).run(line);
  return out;
}

describe('sluice get rollout', () => {
  it('draws the block and the tree of the peer, and what ends the pause', async () => {
    const out = await get({ objects: buildRelease({ status: { ...releaseStatuses.paused, ...counts } }) });
    expect(out).to.equal(
      `Name:            web
Namespace:       shop
Status:          ॥ Paused
Message:         CanaryPauseStep
Strategy:        Canary
  Step:          1/4
  SetWeight:     20
  ActualWeight:  33
Images:          web:1 (stable)
                 web:2 (canary)
Replicas:
  Desired:       2
  Current:       3
  Updated:       1
  Ready:         3
  Available:     3
Now:             Canary gets 20 % (33 % of ready pods). Waiting for a person for 7 min: the pause at step 2 of 4 has no
                 end. After that: 10 min of pauses.
↳ pause at step 2 of 4 (for 7 min)
  ↳ a person promotes or aborts (for 7 min)
  go on:     sluice promote web -n shop
  go back:   sluice abort web -n shop

NAME                   KIND        STATUS     AGE  INFO
⟳ web                  Rollout     ॥ Paused   12m
├──# revision:2
│  └──⧉ web-bbbb       ReplicaSet  ✔ Healthy  12m  canary
│     └──□ web-bbbb-0  Pod         ✔ Running  12m  ready:1/1
└──# revision:1
   └──⧉ web-aaaa       ReplicaSet  ✔ Healthy  12m  stable
      ├──□ web-aaaa-0  Pod         ✔ Running  12m  ready:1/1
      └──□ web-aaaa-1  Pod         ✔ Running  12m  ready:1/1
`,
    );
  });
  it('names the pod that a running rollout waits for', async () => {
    const out = await get({ objects: buildRelease({ ready: 0 }) });
    expect(out.replaceAll('\n', ' ')).to.match(
      /Message: +more replicas need to be updated .*Waiting for the pods: web-bbbb-0: not ready/,
    );
    expect(out).to.include('↳ 1 of 1 pod not ready (');
  });
  it('says why a rollout is degraded, with the run that failed and the ways on', async () => {
    const objects = [...buildRelease({ status: releaseStatuses.aborted }), buildRun('Failed', [0.99, 0.8])];
    const out = await get({ objects });
    expect(out).to.match(/Status: +✖ Degraded\nMessage: +RolloutAborted: /);
    expect(out).to.match(/Now: +All traffic goes to the stable revision/);
    expect(out.replaceAll(/\s+/g, ' ')).to.include('gate success-rate: 1 failed, 0 tolerated');
    expect(out).to.match(/α web-bbbb-2-1 +AnalysisRun +✖ Failed +12m +✔ 1,✖ 1\n/);
    expect(out).to.include('try again: sluice retry web -n shop');
  });
  it('names active and preview of a blue-green rollout', async () => {
    const out = await get({ objects: buildRelease({ status: releaseStatuses.preview, spec: bluegreen }) });
    expect(out).to.match(/Strategy: +BlueGreen\nImages: +web:1 \(stable, active\)\n +web:2 \(preview\)/);
    expect(out).to.not.include('SetWeight');
    expect(out).to.match(/Now: +Revision 2 is in preview; users are on the old one\. Waiting for a person/);
    expect(out).to.match(/web-bbbb .* preview\n/);
    expect(out).to.match(/web-aaaa .* stable,active\n/);
  });
  it('waits for the router while a weight is written and not confirmed', async () => {
    const share = (weight: number, podTemplateHash: string) => ({
      weight,
      podTemplateHash,
      serviceName: 'web',
    });
    const status = {
      canary: { weights: { canary: share(20, 'bbbb'), stable: share(80, 'aaaa') } },
      traffic: { wanted: 20, writtenAt: '2026-01-02T03:11:58Z' },
    };
    const canary = {
      steps: [{ setWeight: 20 }, { pause: {} }],
      trafficRouting: { nginx: { stableIngress: 'web' } },
    };
    const out = await get({ objects: buildRelease({ status, spec: { strategy: { canary } } }) });
    expect(out).to.include('Canary gets 20 % (written, not yet confirmed). Waiting for the router:');
    expect(out).to.match(/SetWeight: +20\n +ActualWeight: +20\n/);
    expect(out).to.include('  ↳ weight written, not confirmed (the router, for 2 s)\n');
  });
  for (const line of ['get ro web', 'get rollouts web', 'get rollout rollout/web', 'get ro web -n shop'])
    it(`takes "${line}"`, async () => {
      expect(await get({ objects: buildRelease() }, line)).to.include('⟳ web');
    });
  it('colours states on a terminal, unless asked not to', async () => {
    const objects = buildRelease({ status: releaseStatuses.paused });
    const terminal = { columns: 80, rows: 40 };
    expect(await get({ objects, terminal })).to.include('\u001B[33mcanary\u001B[0m');
    expect(await get({ objects, terminal }, 'get ro web --no-color')).not.to.include('\u001B');
    expect(await get({ objects, terminal, env: { NO_COLOR: '1' } })).not.to.include('\u001B');
    expect(await get({ objects })).not.to.include('\u001B');
  });
  it('says where it looked for a rollout that is not there', async () => {
    const { code, err } = await (await createCliWorld()).run('get rollout nope');
    expect(code).to.equal(1);
    expect(err).to.equal(
      'error: rollout "nope" not found in namespace "shop"; list all with: sluice list rollouts -A\n',
    );
  });
});

describe('sluice get rollout --watch', () => {
  it('writes a line for each change without a terminal, and none while only time passes', async () => {
    const world = await createCliWorld({ objects: buildRelease({ status: releaseStatuses.paused }) });
    const running = world.start('get rollout web --watch');
    await letLook(world);
    await letLook(world, 30_000);
    const { healthy } = releaseStatuses;
    const body = { status: { ...healthy, pauseConditions: null, controllerPause: false } };
    await world.kube.patch(key, { type: 'merge', body }, { subresource: 'status' });
    await letLook(world);
    running.interrupt();
    expect(await running.done).to.equal(0);
    expect(world.out().trim().split('\n')).to.deep.equal([
      '2026-01-02T03:12:00Z Paused (CanaryPauseStep): Canary gets 20 % (33 % of ready pods). Waiting for a person: the pause at step 2 of 4 has no end. After that: 10 min of pauses.',
      '2026-01-02T03:12:30Z Healthy: Revision 2 is stable: 1 of 2 pods ready.',
    ]);
  });
  it('redraws in place on a terminal, and never more than fits', async () => {
    const objects = buildRelease({ status: releaseStatuses.paused });
    const world = await createCliWorld({ objects, terminal: { columns: 40, rows: 8 } });
    const running = world.start('get rollout web -w --no-color');
    await letLook(world);
    const first = world.out();
    await world.kube.patch(
      key,
      { type: 'merge', body: { status: { message: 'x' } } },
      { subresource: 'status' },
    );
    await letLook(world, 1100);
    running.interrupt();
    await running.done;
    const lines = first.replace('\u001B[J', '').trimEnd().split('\n');
    expect(lines).to.have.length(7);
    expect(lines.every((line) => line.length <= 40)).to.equal(true);
    expect(world.out().slice(first.length)).to.satisfy((text: string) =>
      text.startsWith('\u001B[7A\u001B[J'),
    );
  });
  it('ends by itself after --timeout-seconds', async () => {
    const world = await createCliWorld({ objects: buildRelease() });
    const running = world.start('get rollout web -w --timeout-seconds 5');
    await letLook(world);
    await letLook(world, 5100);
    expect(await running.done).to.equal(0);
  });
  it('ends with the reason when the rollout is deleted', async () => {
    const world = await createCliWorld({ objects: buildRelease() });
    const running = world.start('get rollout web -w');
    await letLook(world);
    await world.kube.delete(key);
    await letLook(world);
    expect(await running.done).to.equal(1);
    expect(world.err()).to.include('rollout "web" not found');
  });
});

describe('sluice get experiment', () => {
  const owned = (kind: string, name: string) => [{ apiVersion: 'v1', kind, name, uid: '', controller: true }];
  const hash = { 'rollouts-pod-template-hash': 'cccc' };
  const experiment = (name: string, metadata: object = {}): KubeObject =>
    ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name, namespace: 'shop', ...metadata },
      spec: { templates: [] },
      status: { phase: 'Running' },
    }) as KubeObject;
  const set = (owner: string): KubeObject =>
    ({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${owner}-baseline`,
        namespace: 'shop',
        annotations: { 'experiment.argoproj.io/template-name': 'baseline' },
        ownerReferences: owned('Experiment', owner),
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: hash },
        template: { metadata: { labels: hash }, spec: { containers: [{ name: 'web', image: 'web:3' }] } },
      },
      status: { replicas: 1, readyReplicas: 1, availableReplicas: 1, observedGeneration: 1 },
    }) as KubeObject;
  const run: KubeObject = {
    ...buildRun('Running', [0.99]),
    metadata: { name: 'try-load', namespace: 'shop', ownerReferences: owned('Experiment', 'try') },
  };

  it('draws its ReplicaSets and runs', async () => {
    const objects = [experiment('try'), set('try'), run];
    expect(await get({ objects }, 'get experiment try')).to.equal(
      `Name:            try
Namespace:       shop
Status:          ◌ Running
Images:          web:3 (Σ:baseline)

NAME               KIND         STATUS     AGE  INFO
Σ try              Experiment   ◌ Running  12m
├──⧉ try-baseline  ReplicaSet   ✔ Healthy  12m
└──α try-load      AnalysisRun  ◌ Running  12m  ✔ 1
`,
    );
  });
  it('stands in the tree of its rollout, below the revision that it belongs to', async () => {
    const metadata = {
      annotations: { 'rollout.argoproj.io/revision': '2' },
      ownerReferences: owned('Rollout', 'web'),
    };
    const objects = [...buildRelease(), experiment('try', metadata), set('try')];
    const out = await get({ objects });
    expect(out).to.match(/Images: +web:1 \(stable\)\n +web:2 \(canary\)\n +web:3 \(Σ:baseline\)\n/);
    expect(out).to.match(/│ {2}└──Σ try +Experiment +◌ Running +12m\n│ {5}└──⧉ try-baseline/);
  });
  it('says what is not there', async () => {
    const { code, err } = await (await createCliWorld()).run('get exp nope');
    expect([code, err]).to.deep.equal([1, 'error: experiment "nope" not found in namespace "shop"\n']);
  });
});
