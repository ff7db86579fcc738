import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { spreadInterval } from '#core/gitops/interval.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const configMap = (name: string, data: Record<string, string>) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: ${JSON.stringify(data)}\n`;

describe('Kustomization over a GitRepository', () => {
  it('applies a commit, then the next one, and deletes what left the source', async () => {
    const world = new GitopsWorld();
    const first = world.git.commit('refs/heads/main', 'one', {
      'deploy/a.yaml': configMap('a', { v: '1' }),
      'deploy/b.yaml': configMap('b', { v: '1' }),
    });
    await world.createSource();
    await world.createKustomization({ path: './deploy' });
    await world.sandbox.clock.settle();
    expect(world.failures).to.deep.equal([]);
    expect(world.condition(await world.source(), 'Ready')).to.equal(
      `True Succeeded: stored artifact for revision 'main@sha1:${first}'`,
    );
    const applied = await world.kustomization();
    expect(world.condition(applied, 'Ready')).to.equal(
      `True ReconciliationSucceeded: Applied revision: main@sha1:${first}`,
    );
    expect(applied.status?.inventory?.entries).to.deep.equal([
      { id: 'shop_a__ConfigMap', v: 'v1' },
      { id: 'shop_b__ConfigMap', v: 'v1' },
    ]);
    expect(await world.events('Kustomization')).to.include(
      'Progressing: ConfigMap/shop/a created\nConfigMap/shop/b created',
    );

    world.git.commit('refs/heads/main', 'two', { 'deploy/a.yaml': configMap('a', { v: '2' }) });
    await world.sandbox.clock.advance(60_000);
    expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: '2' });
    expect(await world.find(kinds.configMap, 'b', 'shop')).to.equal(undefined);
    expect(await world.events('Kustomization')).to.include(
      'Progressing: ConfigMap/shop/a configured\nConfigMap/shop/b deleted',
    );
  });

  it('writes nothing for ten intervals in which nothing changed, nor after a restart', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', { v: '1' }) });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.settle();
    const before = world.sandbox.journal().length;
    world.writes.length = 0;
    await world.sandbox.clock.advance(10 * 600_000);
    expect(world.git.calls.filter((call) => call === 'listRefs')).to.have.length(1 + 100);
    world.startControllers();
    await world.sandbox.clock.settle();
    expect(world.writes).to.deep.equal([]);
    expect(world.sandbox.journal().slice(before)).to.deep.equal([]);
    expect(world.git.calls.filter((call) => call.startsWith('fetch'))).to.have.length(1);
  });

  it('spreads its looks by the uid', async () => {
    const world = new GitopsWorld([], undefined, { intervalJitterPercent: 5 });
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', { v: '1' }) });
    await world.createSource();
    await world.sandbox.clock.settle();
    const { uid } = (await world.source()).metadata;
    const nextMs = spreadInterval(60_000, 5, uid);
    expect(nextMs).not.to.equal(60_000);
    const looks = () => world.git.calls.filter((call) => call === 'listRefs').length;
    await world.sandbox.clock.advance(nextMs - 1);
    expect(looks()).to.equal(1);
    await world.sandbox.clock.advance(1);
    expect(looks()).to.equal(2);
  });

  it('puts back at once what somebody changed or deleted, and says who', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', { v: '1' }) });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.settle();
    const key = { kind: kinds.configMap, namespace: 'shop', name: 'a' };
    await world.sandbox.clock.advance(5_000);
    const edit = { type: 'merge', body: { data: { v: 'mine' } } } as const;
    await world.sandbox.kube.patch(key, edit, { fieldManager: 'kubectl-edit' });
    await world.sandbox.clock.settle();
    expect((await world.sandbox.kube.get(key))?.['data']).to.deep.equal({ v: '1' });
    expect(await world.events('Kustomization')).to.include(
      'Progressing: ConfigMap/shop/a configured: kubectl-edit changed data.v',
    );
    await world.sandbox.kube.delete(key);
    await world.sandbox.clock.advance(5_000);
    expect((await world.sandbox.kube.get(key))?.['data']).to.deep.equal({ v: '1' });
    expect(await world.events('Kustomization')).to.include(
      'Progressing: ConfigMap/shop/a created: somebody deleted it',
    );
  });

  it('deletes what it applied when it is deleted itself', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', { v: '1' }) });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.settle();
    await world.sandbox.kube.delete({ kind: kinds.kustomization, namespace: 'flux-system', name: 'app' });
    await world.sandbox.clock.settle();
    expect(await world.find(kinds.configMap, 'a', 'shop')).to.equal(undefined);
    expect(await world.find(kinds.kustomization, 'app', 'flux-system')).to.equal(undefined);
  });
});

const rollout = (image: string) => `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: '${image}'}]}
  strategy: {canary: {stableService: web, canaryService: web-canary}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}, maxReplicas: 5}
`;

describe('Kustomization and a running release', () => {
  it('leaves selectors and scaled replicas to their owner, without any rule', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': rollout('web:1') });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.settle();
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    const { kube, clock } = world.sandbox;
    const service = { kind: kinds.service, namespace: 'shop', name: 'web' };
    const own = { kind: kinds.rollout, namespace: 'shop', name: 'web' };
    const manager = { fieldManager: 'rollouts-controller' };
    const hash = { 'rollouts-pod-template-hash': 'abc' };
    await kube.patch(service, { type: 'merge', body: { spec: { selector: hash } } }, manager);
    await kube.patch(own, { type: 'merge', body: { spec: { replicas: 4 } } }, manager);
    const before = world.sandbox.journal().length;
    await clock.advance(1_200_000);
    expect(world.sandbox.journal().slice(before)).to.deep.equal([]);
    world.git.commit('refs/heads/main', 'two', { 'a.yaml': rollout('web:2') });
    await clock.advance(60_000);
    const released = JSON.stringify((await kube.get(own))?.['spec']);
    expect(released).to.include('"replicas":4').and.to.include('web:2');
    expect((await kube.get(service))?.['spec']).to.deep.include({ selector: { app: 'web', ...hash } });
  });

  it('follows an artifact whose server moved, without a word', async () => {
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', { 'a.yaml': configMap('a', { v: '1' }) });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.settle();
    const events = await world.events('Kustomization');
    world.artifacts.baseUrl = 'http://moved.test';
    world.startControllers();
    await world.sandbox.clock.advance(60_000);
    expect((await world.source()).status?.artifact?.url).to.match(/^http:\/\/moved\.test\//);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    expect(await world.events('Kustomization')).to.deep.equal(events);
  });
});
