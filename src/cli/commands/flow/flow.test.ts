import { workloadDigest, workloadOf } from '#core/gitops/on-abort/workload.js';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { createCliWorld, letLook, type CliWorld } from '#test/fakes/cli-io.js';

const revision = `main@sha1:${'4f0c'.repeat(10)}`;

function ready(status: string, reason: string, message: string) {
  return [{ type: 'Ready', status, reason, message, lastTransitionTime: '2026-01-02T03:00:00Z' }];
}

function source(more: object = {}): KubeObject {
  return Object.assign(
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'app', namespace: 'shop' },
    },
    { spec: { url: 'https://git.test/app.git', interval: '1m' } },
    {
      status: {
        conditions: ready('True', 'Succeeded', `stored artifact for revision '${revision}'`),
        artifact: { path: 'p', url: 'http://x', revision, lastUpdateTime: '2026-01-02T03:00:00Z' },
      },
    },
    more,
  );
}

function kustomization(status: object = {}, spec: object = {}): KubeObject {
  return Object.assign(
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'app', namespace: 'shop' },
    },
    {
      spec: {
        interval: '10m',
        prune: true,
        path: './deploy',
        sourceRef: { kind: 'GitRepository', name: 'app' },
        ...spec,
      },
      status: {
        conditions: ready('True', 'ReconciliationSucceeded', `Applied revision: ${revision}`),
        lastAppliedRevision: revision,
        ...status,
      },
    },
  );
}

async function edit(
  world: CliWorld,
  kind: (typeof kinds)[keyof typeof kinds],
  body: object,
  subresource?: 'status',
) {
  const key = { kind, namespace: 'shop', name: 'app' };
  await world.kube.patch(key, { type: 'merge', body }, subresource === undefined ? {} : { subresource });
}

describe('sluice kustomization and sluice source', () => {
  it('list what is there, with revision and state', async () => {
    const world = await createCliWorld({ objects: [source(), kustomization()] });
    expect((await world.run('kustomization get')).out).to.equal(
      `NAME  REVISION            SUSPENDED  READY  MESSAGE\napp   main@sha1:4f0c4f0c  False      True   Applied revision: ${revision}\n`,
    );
    expect((await world.run('source get app -A')).out).to.contain(
      'shop       GitRepository  app   main@sha1:4f0c4f0c  False      True',
    );
    expect((await world.run('ks get app')).code).to.equal(0);
    expect((await world.run('source get oci/app')).code).to.equal(1);
    expect(await world.run('source get what/app')).to.include({ code: 2 });
  });

  it('print them as they are for other programs', async () => {
    const world = await createCliWorld({ objects: [source(), kustomization()] });
    const one = JSON.parse((await world.run('kustomization get app -o json')).out);
    expect([one.kind, one.status.lastAppliedRevision]).to.deep.equal(['Kustomization', revision]);
    const { items } = JSON.parse((await world.run('source get -A --output json')).out);
    expect(items.map(({ kind }: { kind: string }) => kind)).to.deep.equal(['GitRepository']);
    expect((await world.run('ks get app -o yaml')).out).to.contain('kind: Kustomization\n');
    expect(await world.run('ks get -o xml')).to.include({ code: 2 });
  });

  it('say when there is nothing', async () => {
    const world = await createCliWorld();
    expect(await world.run('source get')).to.deep.equal({ code: 0, out: '', err: 'No resources found.\n' });
  });

  it('hold and let go on', async () => {
    const world = await createCliWorld({ objects: [kustomization()] });
    expect((await world.run('kustomization suspend app')).out).to.equal('kustomization/app suspended\n');
    expect((await world.run('kustomization get')).out).to.contain('True       True');
    expect((await world.run('kustomization resume app')).out).to.equal('kustomization/app resumed\n');
    const now = await world.kube.get({ kind: kinds.kustomization, namespace: 'shop', name: 'app' });
    expect(now?.['spec']).not.to.have.property('suspend');
  });

  for (const [what, status, reason, code] of [
    ['with its success', 'True', 'ReconciliationSucceeded', 0],
    ['with its failure', 'False', 'BuildFailed', 1],
  ] as const) {
    it(`ask for a reconcile and end ${what}`, async () => {
      const world = await createCliWorld({ objects: [kustomization()] });
      const running = world.start('kustomization reconcile app');
      await letLook(world);
      const asked = await world.kube.get({ kind: kinds.kustomization, namespace: 'shop', name: 'app' });
      const at = asked?.metadata.annotations?.['reconcile.fluxcd.io/requestedAt'];
      const conditions = ready(status, reason, 'said');
      await edit(
        world,
        kinds.kustomization,
        { status: { lastHandledReconcileAt: at, conditions } },
        'status',
      );
      await letLook(world, 500);
      expect(await running.done).to.equal(code);
      expect(world.out()).to.contain('kustomization/app annotated');
      expect(world.out() + world.err()).to.contain(code === 0 ? `applied ${revision}` : 'BuildFailed: said');
    });
  }

  it('do not wait for what is suspended, nor when told so', async () => {
    const world = await createCliWorld({
      objects: [source({ spec: { url: 'https://x/y', interval: '1m', suspend: true } })],
    });
    expect(await world.run('source reconcile app')).to.deep.equal({
      code: 0,
      out: 'gitrepository/app annotated\n',
      err: 'note: gitrepository/app is suspended\n',
    });
    expect((await world.run('source reconcile git/app --no-wait')).code).to.equal(0);
  });

  it('end with 1 when it takes too long', async () => {
    const world = await createCliWorld({ objects: [kustomization()] });
    const running = world.start('kustomization reconcile app --timeout 1s');
    for (let i = 0; i < 8; i += 1) await letLook(world, 250);
    expect(await running.done).to.equal(1);
    expect(world.err()).to.contain('not done in time');
  });

  it('show what was applied, with its health', async () => {
    const config: KubeObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace: 'shop' },
    };
    const entries = [
      { id: 'shop_gone__ConfigMap', v: 'v1' },
      { id: 'shop_web__ConfigMap', v: 'v1' },
    ];
    const world = await createCliWorld({ objects: [kustomization({ inventory: { entries } }), config] });
    expect((await world.run('kustomization tree app')).out).to.equal(
      'Kustomization/shop/app\n├── ConfigMap/shop/gone  NotFound: not found\n└── ConfigMap/shop/web  Current\n',
    );
  });
});

describe('sluice diff', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'sluice-diff-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  }
  const labels = {
    'kustomize.toolkit.fluxcd.io/name': 'app',
    'kustomize.toolkit.fluxcd.io/namespace': 'shop',
  };
  const live = (kind: string, name: string, more: object): KubeObject =>
    Object.assign({ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', labels } }, more);

  it('shows before a merge what would be created, changed field by field and pruned', async () => {
    const entries = ['config', 'old', 'secret'].map((name) => ({
      id: `shop_${name}__${name === 'secret' ? 'Secret' : 'ConfigMap'}`,
      v: 'v1',
    }));
    const world = await createCliWorld({
      objects: [
        kustomization({ inventory: { entries } }),
        live('ConfigMap', 'config', { data: { a: '1', b: '2' } }),
        live('ConfigMap', 'old', { data: {} }),
        live('Secret', 'secret', { data: { token: 'c3dvcmRmaXNo' }, type: 'Opaque' }),
      ],
    });
    await write({
      'deploy/all.yaml': [
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: shop}\ndata: {a: "9", b: "2"}',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fresh, namespace: shop}\ndata: {}',
        'apiVersion: v1\nkind: Secret\nmetadata: {name: secret, namespace: shop}\nstringData: {token: trout}',
      ].join('\n---\n'),
    });
    const { code, out } = await world.run(`diff kustomization app --path ${folder}`);
    expect(code).to.equal(0);
    expect(out.split('\n')).to.deep.equal([
      'change ConfigMap/shop/config',
      '  data.a: "1" → "9"',
      'create ConfigMap/shop/fresh',
      'change Secret/shop/secret',
      '  data.token: "*** (before)" → "*** (after)"',
      'prune ConfigMap/shop/old',
      '',
    ]);
    expect((await world.run(`kustomization diff app --path ${folder} --exit-code`)).code).to.equal(1);
    const now = await world.kube.get({ kind: kinds.configMap, namespace: 'shop', name: 'config' });
    expect(now?.['data']).to.deep.equal({ a: '1', b: '2' });
  });

  it('says which release would start', async () => {
    const rollout = (image: string) => ({
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image }] },
      },
      strategy: { canary: {} },
    });
    const object = {
      ...live('Rollout', 'web', { spec: rollout('web:1') }),
      apiVersion: 'argoproj.io/v1alpha1',
    };
    const world = await createCliWorld({ objects: [kustomization(), object] });
    const manifest = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'web', namespace: 'shop' },
    };
    await write({
      'deploy/web.json': '',
      'deploy/web.yaml': JSON.stringify({ ...manifest, spec: rollout('web:2') }),
    });
    const { out } = await world.run(`diff app --path ${folder}`);
    expect(out).to.equal(
      'change Rollout/shop/web\n  spec.template.spec.containers[web].image: "web:1" → "web:2"\nrelease Rollout/shop/web: its pod template changes\n',
    );
  });

  describe('of what is not applied now', () => {
    const template = (image: string) => ({
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image }] },
    });
    const rollout = (image: string, metadata: object, status: object = {}): KubeObject =>
      Object.assign(
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
        { metadata: { name: 'web', namespace: 'shop', labels, ...metadata }, status },
        {
          spec: {
            replicas: 1,
            selector: { matchLabels: { app: 'web' } },
            template: template(image),
            strategy: { canary: {} },
          },
        },
      );
    const autoscaler = (kind: string): KubeObject =>
      Object.assign(live('HorizontalPodAutoscaler', 'web', {}), {
        apiVersion: 'autoscaling/v2',
        spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: 'apps/v1', kind, name: 'web' } },
      });
    const file = async (object: KubeObject, replicas = 1) => {
      const { name, namespace, annotations } = object.metadata;
      const { status: _status, ...rest } = object as any;
      const metadata = { name, namespace, ...(annotations === undefined ? {} : { annotations }) };
      await write({
        'deploy/web.yaml': JSON.stringify({ ...rest, metadata, spec: { ...rest.spec, replicas } }),
      });
    };

    it('says which fields wait for a release, and whose they are', async () => {
      const status = { stableRS: 'a', currentPodHash: 'b' };
      const running = rollout('web:1', {}, status);
      const world = await createCliWorld({ objects: [kustomization(), running, autoscaler('Rollout')] });
      await file(running, 5);
      const { out } = await world.run(`diff app --path ${folder} --exit-code`);
      expect(out).to.equal(
        'queue Rollout/shop/web (Rollout/shop/web has them while its release runs; returns after promotion)\n  spec.replicas: 1 → 5\n',
      );
    });

    it('says which fields are never applied, and who sets them', async () => {
      const deployment = Object.assign(live('Deployment', 'web', {}), {
        apiVersion: 'apps/v1',
        spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: template('web:1') },
      });
      const world = await createCliWorld({
        objects: [kustomization(), deployment, autoscaler('Deployment')],
      });
      await file(deployment, 5);
      expect((await world.run(`diff app --path ${folder} --exit-code`)).out).to.equal(
        'keep Deployment/shop/web (HorizontalPodAutoscaler/shop/web sets them: not applied)\n  spec.replicas: 3 → 5\n',
      );
    });

    it('says what a hold keeps, and which commit would end it', async () => {
      const hold = { 'sluice.dev/on-abort': 'hold' };
      const aborted = rollout('web:2', { annotations: hold });
      const held = { hash: 'abc', revision: 'main@sha1:two', since: '', reason: 'errors' };
      const digest = workloadDigest(workloadOf(aborted as any, [aborted as any]));
      const annotations = { ...hold, 'sluice.dev/held': JSON.stringify({ ...held, digest }) };
      const world = await createCliWorld({ objects: [kustomization(), rollout('web:1', { annotations })] });
      await file(aborted);
      expect((await world.run(`diff app --path ${folder}`)).out).to.equal(
        'hold Rollout/shop/web: stays at its last good revision abc; main@sha1:two was aborted, and these files say the same of it\n',
      );
      await file(rollout('web:3', { annotations: hold }));
      expect((await world.run(`diff app --path ${folder}`)).out)
        .to.contain('containers[web].image: "web:1" → "web:3"')
        .and.to.contain('release Rollout/shop/web: its pod template changes')
        .and.not.to.contain('hold ');
    });
  });

  it('ends with 1 when the files do not build, and says where', async () => {
    const world = await createCliWorld({ objects: [kustomization()] });
    await write({ 'deploy/kustomization.yaml': 'resources: [absent.yaml]\n' });
    const { code, err } = await world.run(`diff app --path ${folder}`);
    expect(code).to.equal(1);
    expect(err).to.contain('the build fails').and.to.contain('absent.yaml');
  });

  it('says so when nothing would change', async () => {
    const world = await createCliWorld({ objects: [kustomization()] });
    await write({ 'deploy/kustomization.yaml': 'resources: []\n' });
    expect(await world.run(`diff app --path ${folder} --exit-code`)).to.deep.equal({
      code: 0,
      out: '',
      err: 'no difference\n',
    });
  });
});
