import { expect } from 'chai';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { GitopsWorld, webDeployment } from '#test/fakes/gitops-world.js';

const configMap = (name: string, data: Record<string, string>, more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: ${JSON.stringify(data)}\n${more}`;

async function worldOf(
  files: Record<string, string>,
  spec: Partial<Kustomization['spec']> = {},
): Promise<GitopsWorld> {
  const world = new GitopsWorld();
  world.git.commit('refs/heads/main', 'one', files);
  await world.createSource();
  await world.createKustomization(spec);
  await world.sandbox.clock.settle();
  return world;
}

describe('what can go wrong on the way from Git', () => {
  it('names the remote and keeps the last artifact when the remote cannot be reached', async () => {
    const world = await worldOf({ 'a.yaml': configMap('a', {}) });
    const artifact = (await world.source()).status?.artifact;
    world.git.failure = new AppError(
      'GitUnreachable',
      "unable to clone 'https://git.test/app.git': no route",
    );
    await world.sandbox.clock.advance(61_000);
    const source = await world.source();
    expect(world.condition(source, 'Ready')).to.equal(
      "False GitOperationFailed: failed to checkout and determine revision: unable to clone 'https://git.test/app.git': no route; check spec.url and the network",
    );
    expect(world.condition(source, 'Reconciling')).to.match(/^True ProgressingWithRetry/);
    expect(source.status?.artifact).to.deep.equal(artifact);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    world.git.failure = undefined;
    await world.sandbox.clock.advance(900_000);
    expect(world.condition(await world.source(), 'Ready')).to.match(/^True Succeeded/);
    expect(await world.events('GitRepository')).to.include(
      `Succeeded: stored artifact for revision '${artifact?.revision ?? ''}'`,
    );
  });

  it('names a missing Secret and goes on when it is there', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', {}) });
    await world.createSource({ secretRef: { name: 'login' } });
    await world.sandbox.clock.settle();
    expect(world.condition(await world.source(), 'Ready')).to.equal(
      'False AuthenticationFailed: Secret/flux-system/login: not found; create it or change spec.secretRef',
    );
    await world.sandbox.kube.create(kinds.secret, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login', namespace: 'flux-system' },
    });
    await world.sandbox.clock.advance(2_000);
    expect(world.condition(await world.source(), 'Ready')).to.match(/^True/);
  });

  it('names a missing branch, and stalls on what only an edit can mend', async () => {
    const world = await worldOf({ 'a.yaml': configMap('a', {}) });
    const key = { kind: kinds.gitRepository, namespace: 'flux-system', name: 'app' };
    await world.sandbox.kube.patch(key, { type: 'merge', body: { spec: { ref: { branch: 'absent' } } } });
    await world.sandbox.clock.settle();
    expect(world.condition(await world.source(), 'Ready')).to.match(
      /^False GitOperationFailed: .*couldn't find remote ref "refs\/heads\/absent"; push it or change spec.ref$/,
    );
    const spec = { provider: 'azure' };
    await world.sandbox.kube.patch(key, { type: 'merge', body: { spec } });
    await world.sandbox.clock.settle();
    const source = await world.source();
    expect(world.condition(source, 'Stalled')).to.match(/^True InvalidProviderConfiguration: spec\.provider/);
    expect(source.status?.observedGeneration).to.equal(source.metadata.generation);
  });

  it('makes a lost artifact again', async () => {
    const world = await worldOf({ 'a.yaml': configMap('a', {}) });
    world.artifacts.trees.clear();
    await world.sandbox.clock.advance(60_000);
    expect(world.artifacts.trees.size).to.equal(1);
    expect(world.condition(await world.source(), 'Ready')).to.match(/^True/);
    expect(world.failures).to.deep.equal([]);
  });

  const builds: readonly [what: string, files: Record<string, string>, spec: object, message: RegExp][] = [
    ['a manifest that does not parse', { 'x/a.yaml': 'a: [' }, {}, /^False BuildFailed: x\/a\.yaml:\d+: /],
    [
      'a path that is absent',
      { 'a.yaml': '' },
      { path: './no' },
      /^False ArtifactFailed: spec\.path: kustomization path not found: "\.\/no" is not in/,
    ],
    [
      'an unset variable',
      { 'a.yaml': configMap('a', { v: '${x}' }) },
      { postBuild: { substitute: { y: '1' } } },
      /^False BuildFailed: ConfigMap\/shop\/a: .*"x"/,
    ],
    [
      'a kind nobody serves',
      { 'a.yaml': 'apiVersion: x.io/v1\nkind: Nope\nmetadata: {name: n}\n' },
      {},
      /^False ReconciliationFailed: Nope\/n dry-run failed: no matches for kind "Nope" in version "x\.io\/v1"/,
    ],
    [
      'a manifest of which an item is no object',
      { 'x/a.yaml': 'apiVersion: v1\nkind: ConfigMap\n' },
      {},
      /^False BuildFailed: x\/a\.yaml: document 1 is no Kubernetes object: metadata\.name is missing$/,
    ],
    [
      'a field of a kustomization file that the built-in generator does not know',
      { 'kustomization.yaml': 'resources: []\nhelmCharts: [{name: x}]\n' },
      {},
      /^False BuildFailed: kustomization\.yaml: helmCharts: is not served .*; remove it or run .* --kustomize-binary$/,
    ],
    [
      'a namespace that does not exist',
      { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: nowhere}\n' },
      {},
      /^False ReconciliationFailed: ConfigMap\/nowhere\/a dry-run failed: namespaces "nowhere" not found; create it or add it to the source$/,
    ],
    [
      'a field of the wrong type',
      {
        'a.yaml':
          'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {ports: [{port: http}]}\n',
      },
      {},
      /^False ReconciliationFailed: Service\/shop\/web dry-run failed: .*port/,
    ],
    [
      'an object without a namespace',
      { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: n}\n' },
      {},
      /^False ReconciliationFailed: ConfigMap\/n namespace not specified/,
    ],
    [
      'a source that is absent',
      {},
      { sourceRef: { kind: 'GitRepository', name: 'no' } },
      /^False ArtifactFailed: GitRepository\/flux-system\/no not found/,
    ],
    [
      'a dependency that is absent',
      {},
      { dependsOn: [{ name: 'no' }] },
      /^False DependencyNotReady: .*'flux-system\/no' not found/,
    ],
    [
      'another cluster, where the process knows none',
      {},
      { kubeConfig: { configMapRef: { name: 'remote' } } },
      /^False ReconciliationFailed: this process applies as itself and to its own cluster only/,
    ],
  ];
  for (const [what, files, spec, message] of builds) {
    it(`says what is wrong with ${what}`, async () => {
      const world = await worldOf(files, spec);
      expect(world.condition(await world.kustomization(), 'Ready')).to.match(message);
      const text = world.condition(await world.kustomization(), 'Ready')?.replace(/^False /, '') ?? '';
      const retrying = 'DependencyNotReady: Dependencies do not meet ready condition, retrying in 30s';
      const told = text.startsWith('DependencyNotReady') ? retrying : text;
      expect(await world.events('Kustomization')).to.include(told);
      expect(world.failures).to.deep.equal([]);
    });
  }

  it('refuses a whole stage for one bad object, keeps what was there, and recovers', async () => {
    const world = await worldOf({ 'a.yaml': configMap('a', { v: '1' }) });
    const { inventory, lastAppliedRevision } = (await world.kustomization()).status ?? {};
    const bad =
      'apiVersion: v1\nkind: Service\nmetadata: {name: UPPER, namespace: shop}\nspec: {ports: []}\n';
    world.git.commit('refs/heads/main', 'bad', { 'a.yaml': configMap('a', { v: '2' }), 'b.yaml': bad });
    await world.sandbox.clock.advance(60_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(
      /^False ReconciliationFailed: Service\/shop\/UPPER/,
    );
    expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: '1' });
    expect((await world.kustomization()).status).to.deep.include({ inventory, lastAppliedRevision });
    world.git.commit('refs/heads/main', 'good', { 'a.yaml': configMap('a', { v: '3' }) });
    await world.sandbox.clock.advance(60_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: '3' });
  });

  it('says what was applied before a failure, and deletes it when it leaves the source', async () => {
    const bad =
      'apiVersion: v1\nkind: Service\nmetadata: {name: UPPER, namespace: shop}\nspec: {ports: []}\n';
    const fresh = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: fresh}\n';
    const world = await worldOf({ 'a.yaml': fresh, 'b.yaml': bad });
    const { status } = await world.kustomization();
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(
      /^False ReconciliationFailed: Service\/shop\/UPPER dry-run failed \(Invalid\): (.|\n)*Applied before the failure: Namespace\/fresh$/,
    );
    expect(status?.inventory?.entries).to.deep.equal([{ id: '_fresh__Namespace', v: 'v1' }]);
    expect(status?.lastAppliedRevision).to.equal(undefined);
    world.git.commit('refs/heads/main', 'good', { 'a.yaml': configMap('a', {}) });
    await world.sandbox.clock.advance(60_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    expect(await world.find(kinds.namespace, 'fresh')).to.equal(undefined);
  });

  it('waits for the first artifact of its source and goes on at once when it is there', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', {}) });
    world.git.failure = new AppError(
      'GitUnreachable',
      "unable to clone 'https://git.test/app.git': no route",
    );
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.settle();
    const text = 'ArtifactFailed: Source artifact not found, retrying in 30s';
    expect(world.condition(await world.kustomization(), 'Ready')).to.equal(`False ${text}`);
    expect(await world.events('Kustomization')).to.deep.equal([text]);
    world.git.failure = undefined;
    await world.sandbox.clock.advance(750);
    expect(world.condition(await world.source(), 'Ready')).to.match(/^True/);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
  });

  it('runs a dependency first and the dependent when that is ready', async () => {
    const world = await worldOf(
      { 'x/a.yaml': configMap('a', {}), 'y/b.yaml': configMap('b', {}) },
      { path: 'y', dependsOn: [{ name: 'base' }] },
    );
    expect(await world.find(kinds.configMap, 'b', 'shop')).to.equal(undefined);
    await world.createKustomization({ path: 'x' }, 'base');
    await world.sandbox.clock.settle();
    expect(await world.find(kinds.configMap, 'b', 'shop')).not.to.equal(undefined);
  });

  it('takes variables from a ConfigMap and runs again when a watched one changes', async () => {
    const world = await worldOf(
      { 'a.yaml': configMap('a', { v: 'x-${cluster}' }) },
      {
        postBuild: {
          substituteFrom: [
            { kind: 'ConfigMap', name: 'vars' },
            { kind: 'Secret', name: 'no', optional: true },
          ],
        },
      },
    );
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(
      /ConfigMap\/flux-system\/vars not found; create it/,
    );
    const labels = { 'reconcile.fluxcd.io/watch': 'Enabled' };
    const vars = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'vars', namespace: 'flux-system', labels },
      data: { cluster: 'east' },
    };
    await world.sandbox.kube.create(kinds.configMap, vars);
    await world.sandbox.clock.settle();
    expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: 'x-east' });
    const key = { kind: kinds.configMap, namespace: 'flux-system', name: 'vars' };
    await world.sandbox.kube.patch(key, { type: 'merge', body: { data: { cluster: 'west' } } });
    await world.sandbox.clock.settle();
    expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: 'x-west' });
  });
});

describe('health of what was applied', () => {
  it('is awaited by watches, and the condition says so', async () => {
    const world = await worldOf({ 'a.yaml': webDeployment('web:1') }, { wait: true, timeout: '1m' });
    expect(world.condition(await world.kustomization(), 'Healthy')).to.match(
      /^Unknown Progressing: Running health checks/,
    );
    await world.sandbox.clock.advance(10_000);
    expect(world.condition(await world.kustomization(), 'Healthy')).to.match(
      /^True Succeeded: Health check passed in /,
    );
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True ReconciliationSucceeded/);
  });

  it('fails by name after the timeout and is tried again', async () => {
    const checks = [{ kind: 'Deployment', name: 'absent', namespace: 'shop' }];
    const world = await worldOf({ 'a.yaml': configMap('a', {}) }, { healthChecks: checks, timeout: '30s' });
    await world.sandbox.clock.advance(31_000);
    const failed = world.condition(await world.kustomization(), 'Ready');
    expect(failed).to.match(
      /^False HealthCheckFailed: .*timeout waiting for: \[Deployment\/shop\/absent status: 'NotFound'/,
    );
    expect(world.failures).to.deep.equal([]);
  });
});

describe('a suspended Kustomization', () => {
  it('does nothing until it is resumed', async () => {
    const world = await worldOf({ 'a.yaml': configMap('a', { v: '1' }) });
    const key = { kind: kinds.kustomization, namespace: 'flux-system', name: 'app' };
    await world.sandbox.kube.patch(key, { type: 'merge', body: { spec: { suspend: true } } });
    world.git.commit('refs/heads/main', 'two', { 'a.yaml': configMap('a', { v: '2' }) });
    await world.sandbox.clock.advance(120_000);
    expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: '1' });
    await world.sandbox.kube.patch(key, { type: 'merge', body: { spec: { suspend: false } } });
    await world.sandbox.clock.settle();
    expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: '2' });
  });
});
