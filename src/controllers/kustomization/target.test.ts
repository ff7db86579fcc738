import { expect } from 'chai';
import type { KustomizationSpec } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kubeconfigProblem } from '#core/gitops/kustomization/remote-access.js';
import { createVirtualSandbox } from '#sandbox/virtual-sandbox.js';
import type { TargetClusters, TargetIdentity } from '#ports/target-clusters.js';
import { GitopsWorld, namespace, webDeployment } from '#test/fakes/gitops-world.js';
import { refusingKube } from '#test/fakes/refusing-kube.js';
import { AppError } from '#ports/errors.js';
import { notingKube } from '#test/fakes/noting-kube.js';

const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {v: "1"}\n';
const secret = (data: Record<string, string>): UnknownObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'remote', namespace: 'flux-system' },
  data: Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  ),
});
const kubeconfig =
  'clusters: [{name: c, cluster: {server: "https://c.test"}}]\nusers: [{name: u, user: {token: t}}]\n';

/** Another cluster, or this one as somebody else; notes who was asked for and what was written there. */
async function worldWith(
  spec: Partial<KustomizationSpec>,
  objects: readonly UnknownObject[] = [],
  text = manifest,
) {
  const asked: TargetIdentity[] = [];
  const writes: string[] = [];
  const other = createVirtualSandbox({ objects: [namespace('shop')] });
  const world: GitopsWorld = new GitopsWorld(objects, undefined, {}, (): TargetClusters => ({
    open: (identity) => {
      asked.push(identity);
      const isElsewhere = identity.kubeconfig !== undefined || identity.endpoint !== undefined;
      const { kube } = isElsewhere ? other : world.sandbox;
      return Promise.resolve({ kube: notingKube(kube, (subject) => writes.push(subject)) });
    },
    subscribe: () => () => undefined,
  }));
  world.git.commit('refs/heads/main', 'one', { 'a.yaml': text });
  await world.createSource();
  await world.createKustomization(spec);
  await world.sandbox.clock.advance(2_000);
  return { world, other, asked, writes };
}

describe('where and as whom a Kustomization applies', () => {
  it('impersonates the account that it names, in its own namespace', async () => {
    const { world, asked, writes } = await worldWith({ serviceAccountName: 'deployer' });
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    expect(asked[0]).to.deep.equal({ user: 'system:serviceaccount:flux-system:deployer' });
    expect(writes).to.deep.equal(['ConfigMap/shop/a']);
  });

  it('tries everything anew as another account, which may have no rights', async () => {
    const isLocked = ({ user = '' }: TargetIdentity) => user.endsWith(':two');
    const forbidden = new AppError('KubeForbidden', 'configmaps "a" is forbidden');
    const world: GitopsWorld = new GitopsWorld([], undefined, {}, (): TargetClusters => ({
      open: (identity) => {
        const { kube } = world.sandbox;
        const isRefused = isLocked(identity);
        return Promise.resolve({ kube: isRefused ? refusingKube(kube, () => forbidden) : kube });
      },
      subscribe: () => () => undefined,
    }));
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': manifest });
    await world.createSource();
    await world.createKustomization({ serviceAccountName: 'one' });
    await world.sandbox.clock.advance(2_000);
    const key = { kind: kinds.kustomization, namespace: 'flux-system', name: 'app' };
    const ready: string[] = [];
    for (const serviceAccountName of ['two', 'three']) {
      await world.sandbox.kube.patch(key, { type: 'merge', body: { spec: { serviceAccountName } } });
      await world.sandbox.clock.advance(2_000);
      ready.push(world.condition(await world.kustomization(), 'Ready') ?? '');
    }
    expect(ready[0]).to.match(/^False ReconciliationFailed: .*is forbidden/);
    expect(ready[1]).to.match(/^True ReconciliationSucceeded/);
  });

  it('applies to the cluster of a kubeconfig, and keeps the inventory here', async () => {
    const spec = { kubeConfig: { secretRef: { name: 'remote' } }, serviceAccountName: 'deployer' };
    const { world, other, asked } = await worldWith(spec, [secret({ value: kubeconfig })]);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    expect(asked[0]).to.deep.equal({ user: 'system:serviceaccount:flux-system:deployer', kubeconfig });
    expect(await world.find(kinds.configMap, 'a', 'shop')).to.equal(undefined);
    const key = { kind: kinds.configMap, namespace: 'shop', name: 'a' };
    expect((await other.kube.get(key))?.metadata.name).to.equal('a');
    expect((await world.kustomization()).status?.inventory?.entries).to.have.length(1);
    await world.sandbox.kube.delete({ kind: kinds.kustomization, namespace: 'flux-system', name: 'app' });
    await world.sandbox.clock.settle();
    expect(await other.kube.get(key)).to.equal(undefined);
  });

  it('looks every 5 s at what it waits for where nothing may be watched (flux-semantics 8.13)', async () => {
    const spec = { kubeConfig: { secretRef: { name: 'remote' } }, wait: true };
    const { world, other } = await worldWith(spec, [secret({ value: kubeconfig })], webDeployment('web:1'));
    expect(world.condition(await world.kustomization(), 'Healthy')).to.match(/^Unknown/);
    await other.clock.advance(10_000);
    await world.sandbox.clock.advance(2_000);
    expect(world.condition(await world.kustomization(), 'Healthy')).to.match(/^Unknown/);
    await world.sandbox.clock.advance(5_000);
    expect(world.condition(await world.kustomization(), 'Healthy')).to.match(/^True/);
    expect(world.failures).to.deep.equal([]);
  });

  const problems: readonly (readonly [what: string, objects: readonly UnknownObject[], message: RegExp])[] = [
    ['is absent', [], /Secret\/flux-system\/remote: not found/],
    ['lacks the key', [secret({ other: '' })], /has no key "value"/],
    [
      'would run a program',
      [secret({ 'value.yaml': 'users: [{name: u, user: {exec: {command: x}}}]' })],
      /users\[u\]\.exec: programs are not run/,
    ],
  ];
  for (const [what, objects, message] of problems) {
    it(`says so when the Secret of the kubeconfig ${what}`, async () => {
      const { world } = await worldWith({ kubeConfig: { secretRef: { name: 'remote' } } }, objects);
      const ready = world.condition(await world.kustomization(), 'Ready');
      expect(ready)
        .to.match(/^False ReconciliationFailed: /)
        .and.to.match(message);
    });
  }

  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'deployer', namespace: 'flux-system' },
  };
  const cluster = (data: Record<string, string>): UnknownObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'remote', namespace: 'flux-system' },
    data: { provider: 'generic', address: 'https://c.test', serviceAccountName: 'deployer', ...data },
  });
  const byConfigMap = { kubeConfig: { configMapRef: { name: 'remote' } } };

  it('applies to a cluster that takes tokens of an account (kubeConfig.configMapRef)', async () => {
    const objects = [cluster({ 'ca.crt': 'PEM', audiences: '- one\n- "two"\n' }), account];
    const { world, other, asked } = await worldWith(byConfigMap, objects);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    const key = { kind: kinds.configMap, namespace: 'shop', name: 'a' };
    expect((await other.kube.get(key))?.metadata.name).to.equal('a');
    const [{ endpoint } = {}] = asked;
    expect([endpoint?.address, endpoint?.ca]).to.deep.equal(['https://c.test', 'PEM']);
    const { token = '' } = (await endpoint?.newToken()) ?? {};
    const claims: any = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect([claims.sub, claims.aud]).to.deep.equal([
      'system:serviceaccount:flux-system:deployer',
      ['one', 'two'],
    ]);
  });

  const unusable: readonly (readonly [string, Record<string, string> | undefined, RegExp])[] = [
    ['is absent', undefined, /ConfigMap\/flux-system\/remote: not found/],
    [
      'is for a cloud',
      { provider: 'aws' },
      /provider "aws": is not served by this version; use provider generic/,
    ],
    ['has no address', { address: '' }, /address "": must be an https URL/],
    ['has an address of plain http', { address: 'http://c.test' }, /must be an https URL/],
    ['names no account', { serviceAccountName: '' }, /serviceAccountName: name the account/],
  ];
  for (const [what, data, message] of unusable) {
    it(`says so when the ConfigMap of the cluster ${what}`, async () => {
      const { world } = await worldWith(byConfigMap, data === undefined ? [] : [cluster(data)]);
      const ready = world.condition(await world.kustomization(), 'Ready');
      expect(ready)
        .to.match(/^False ReconciliationFailed: spec.kubeConfig: /)
        .and.to.match(message);
    });
  }

  it('tries again at once when a labelled ConfigMap or Secret that it names changes (flux-semantics 1.4)', async () => {
    const labels = { 'reconcile.fluxcd.io/watch': 'Enabled' };
    const wrong = cluster({ address: '' });
    const { world } = await worldWith(byConfigMap, [{ ...wrong, metadata: { ...wrong.metadata, labels } }]);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^False/);
    const key = { kind: kinds.configMap, namespace: 'flux-system', name: 'remote' };
    const body = { data: { address: 'https://c.test' } };
    await world.sandbox.kube.patch(key, { type: 'merge', body });
    await world.sandbox.clock.settle();
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
  });

  it('goes without deleting anything when the account is gone', async () => {
    const { world } = await worldWith({ serviceAccountName: 'deployer' });
    await world.sandbox.kube.delete({ kind: kinds.kustomization, namespace: 'flux-system', name: 'app' });
    await world.sandbox.clock.settle();
    expect(await world.find(kinds.kustomization, 'app', 'flux-system')).to.equal(undefined);
    expect(await world.find(kinds.configMap, 'a', 'shop')).not.to.equal(undefined);
    expect((await world.events('Kustomization')).join('\n')).to.include(
      'unable to prune objects: \nConfigMap/shop/a',
    );
  });
});

describe('a kubeconfig of a user', () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    [kubeconfig, undefined],
    [
      'users: [{name: u, user: {tokenFile: /etc/passwd}}]',
      'users[u].tokenFile: files are not read; put the data into the kubeconfig',
    ],
    [
      'clusters: [{name: c, cluster: {insecure-skip-tls-verify: true}}]',
      'clusters[c].insecure-skip-tls-verify: is refused',
    ],
    [
      'clusters: [{name: c, cluster: {certificate-authority: /x}}]',
      'clusters[c].certificate-authority: files are not read; put the data into the kubeconfig',
    ],
    ['- x', 'it is no YAML map'],
  ];
  for (const [text, problem] of rows) {
    it(`${JSON.stringify(text)} ${problem === undefined ? 'is used' : `is refused: ${problem}`}`, () => {
      expect(kubeconfigProblem(text)).to.equal(problem);
    });
  }
});
