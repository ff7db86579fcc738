import { expect } from 'chai';
import type { Artifact } from '#api/flux/common.js';
import type { Condition, KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { treeOf } from '#core/gitops/file-tree.js';
import { healthOf } from '#core/health/health.js';
import { instantOf } from '#core/time/instant.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const configMap = (v: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {v: '${v}'}\n`;
const sourceKey = { kind: kinds.gitRepository, namespace: 'flux-system', name: 'app' };
const ownKey = { kind: kinds.kustomization, namespace: 'flux-system', name: 'app' };

async function appliedWorld(): Promise<GitopsWorld> {
  const world = new GitopsWorld();
  world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('1') });
  await world.createSource();
  await world.createKustomization();
  await world.sandbox.clock.advance(2_000);
  return world;
}

type Reconciled = UnknownObject & {
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly observedGeneration?: number;
    readonly lastHandledReconcileAt?: string;
  };
};

/** As a command line waits for an object that it has asked to reconcile (flux-semantics 1.2, 1.4). */
function isReconciled({ metadata, status }: Reconciled, requestedAt: string): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return (
    status?.lastHandledReconcileAt === requestedAt &&
    status.observedGeneration === metadata.generation &&
    ready?.status === 'True' &&
    ready.observedGeneration === metadata.generation
  );
}

describe('what tools of Flux read (flux-semantics 1 to 3)', () => {
  for (const [what, key] of [
    ['GitRepository', sourceKey],
    ['Kustomization', ownKey],
  ] as const) {
    it(`a ${what} that is asked to reconcile says when it has, once for each request`, async () => {
      const world = await appliedWorld();
      for (const requestedAt of ['2026-01-01T00:00:10.1Z', 'any other text']) {
        const body = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': requestedAt } } };
        await world.sandbox.kube.patch(key, { type: 'merge', body });
        await world.sandbox.clock.advance(2_000);
        const object = await world.sandbox.kube.get<Reconciled>(key);
        expect(object !== undefined && isReconciled(object, requestedAt), requestedAt).to.equal(true);
      }
    });

    it(`a ${what} is judged by kstatus: current when it is Ready, failed only when it is stalled`, async () => {
      const world = await appliedWorld();
      const statusNow = async () => {
        const object = await world.sandbox.kube.get(key);
        return healthOf(object, { now: instantOf(0) }).status;
      };
      expect(await statusNow()).to.equal('Current');
      world.git.commit('refs/heads/main', 'two', { 'a.yaml': 'kind: [' });
      const bad = what === 'GitRepository' ? { ref: { branch: 'gone' } } : { path: 'gone' };
      await world.sandbox.kube.patch(key, { type: 'merge', body: { spec: bad } });
      expect(await statusNow()).to.equal('InProgress');
      await world.sandbox.clock.advance(5_000);
      expect(await statusNow()).to.equal('InProgress');
      const worse =
        what === 'GitRepository'
          ? { url: 'https://u:p@git.test/x.git' }
          : { healthCheckExprs: [{ apiVersion: 'a/v1', kind: 'B', current: '(' }] };
      await world.sandbox.kube.patch(key, { type: 'merge', body: { spec: worse } });
      await world.sandbox.clock.advance(5_000);
      expect(await statusNow()).to.equal('Failed');
    });

    it(`the conditions of a ${what} stand with Ready first, each with its generation and whole seconds`, async () => {
      const world = await appliedWorld();
      const object = await world.sandbox.kube.get<Reconciled>(key);
      const conditions = object?.status?.conditions ?? [];
      const [ready, ...others] = conditions.map(({ type }) => type);
      expect(ready).to.equal('Ready');
      expect(others).to.deep.equal([...others].sort());
      for (const { observedGeneration, lastTransitionTime, reason } of conditions) {
        expect(observedGeneration).to.equal(object?.metadata.generation);
        expect(lastTransitionTime).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        expect(reason).to.match(/^[A-Z]\w+$/);
      }
    });
  }

  it('the tree of a Kustomization is its inventory, by namespace, name, group and kind', async () => {
    const world = await appliedWorld();
    const { status, metadata } = await world.kustomization();
    expect(status?.inventory?.entries).to.deep.equal([{ id: 'shop_a__ConfigMap', v: 'v1' }]);
    expect(status?.lastAppliedRevision).to.match(/^main@sha1:[0-9a-f]{40}$/);
    expect(status?.lastAttemptedRevision).to.equal(status?.lastAppliedRevision);
    expect(metadata.finalizers).to.deep.equal(['finalizers.fluxcd.io']);
    const [entry] = status?.history ?? [];
    expect(entry).to.include({ lastReconciledStatus: 'ReconciliationSucceeded', totalReconciliations: 1 });
    expect(entry?.digest).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  it('a revision that does not build was attempted, and not applied', async () => {
    const world = await appliedWorld();
    const before = (await world.kustomization()).status?.lastAppliedRevision;
    world.git.commit('refs/heads/main', 'two', { 'a.yaml': 'kind: [' });
    await world.sandbox.clock.advance(61_000);
    const { status } = await world.kustomization();
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^False BuildFailed/);
    expect(status?.lastAppliedRevision).to.equal(before);
    expect(status?.lastAttemptedRevision).to.equal((await world.source()).status?.artifact?.revision);
    expect(status?.lastAttemptedRevision).not.to.equal(before);
  });
});

describe('Kustomizations alone, on artifacts that somebody else writes (flux-semantics 2, 7)', () => {
  const kindOf = (kind: string, plural: string) => ({ ...kinds.gitRepository, kind, plural });
  const sources = [
    ['OCIRepository', kindOf('OCIRepository', 'ocirepositories'), { url: 'oci://r.test/a', interval: '1m' }],
    ['Bucket', kindOf('Bucket', 'buckets'), { bucketName: 'b', endpoint: 'e.test', interval: '1m' }],
    ['ExternalArtifact', kindOf('ExternalArtifact', 'externalartifacts'), {}],
  ] as const;
  for (const [kind, key, spec] of sources) {
    it(`applies what the status of a ${kind} points to, and follows it`, async () => {
      let v = '1';
      const fetched: Artifact[] = [];
      const fetch = (artifact: Artifact) => {
        fetched.push(artifact);
        const content = new TextEncoder().encode(configMap(v));
        return Promise.resolve(treeOf([{ path: 'a.yaml', content, isExecutable: false }]));
      };
      const shared = new GitopsWorld();
      const world = new GitopsWorld([], { git: shared.git, artifacts: shared.artifacts, fetcher: { fetch } });
      const metadata = { name: 'theirs', namespace: 'flux-system' };
      const source: KubeObject & { readonly spec: object } = {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind,
        metadata,
        spec,
      };
      await world.sandbox.kube.create(key, source);
      const artifact = (revision: string) => ({
        path: `x/${revision}.tar.gz`,
        url: `http://elsewhere.test/x/${revision}.tar.gz`,
        revision,
        digest: `sha256:${revision.padEnd(64, '0')}`,
        lastUpdateTime: '2026-01-01T00:00:00Z',
        metadata: { 'org.opencontainers.image.revision': `main@sha1:${revision}` },
      });
      const publish = async (revision: string) => {
        const body = { status: { artifact: artifact(revision) } };
        await world.sandbox.kube.patch(
          { kind: key, ...metadata },
          { type: 'merge', body },
          { subresource: 'status' },
        );
        await world.sandbox.clock.advance(2_000);
      };
      await world.createKustomization({ sourceRef: { kind, name: 'theirs' } });
      await world.sandbox.clock.advance(2_000);
      expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^False ArtifactFailed/);
      await publish('aa');
      expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: '1' });
      v = '2';
      await publish('bb');
      expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: '2' });
      const { status } = await world.kustomization();
      expect(status?.lastAppliedRevision).to.equal('bb');
      expect(status?.lastAppliedOriginRevision).to.equal('main@sha1:bb');
      expect(fetched.map(({ url }) => url)).to.deep.equal([artifact('aa').url, artifact('bb').url]);
      expect(world.failures).to.deep.equal([]);
    });
  }
});
