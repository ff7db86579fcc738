import { expect } from 'chai';
import type { KustomizationSpec } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const configMap = (name: string, phase: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: {phase: '${phase}'}\n`;

async function worldWith(spec: Partial<KustomizationSpec>): Promise<GitopsWorld> {
  const world = new GitopsWorld();
  world.git.commit('refs/heads/main', 'one', {
    'x/a.yaml': configMap('a', 'New'),
    'y/b.yaml': configMap('b', ''),
  });
  await world.createSource();
  await world.createKustomization({ path: 'x', timeout: '1m', ...spec });
  await world.sandbox.clock.advance(2_000);
  return world;
}

const ofConfigMaps = (more: object) => [{ apiVersion: 'v1', kind: 'ConfigMap', current: 'false', ...more }];

describe('health by expressions', () => {
  const rows: readonly (readonly [what: string, more: object, ready: RegExp])[] = [
    ['that hold make it Ready', { current: "data.phase == 'New'" }, /^True ReconciliationSucceeded/],
    [
      'of failure end the wait early',
      { failed: "data.phase == 'New'" },
      /^False HealthCheckFailed: .*failed early due to stalled resources: \[ConfigMap\/shop\/a status: 'Failed'/,
    ],
    ['none of which holds are awaited', { inProgress: "data.phase == 'Old'" }, /^Unknown Progressing/],
    [
      'that name what is absent are awaited until the timeout',
      { current: 'data.absent == 1' },
      /^Unknown Progressing/,
    ],
    [
      'that do not parse stall it',
      { current: 'data.phase ==' },
      /^False InvalidCELExpression: Reconciliation failed terminally due to configuration error: /,
    ],
  ];
  for (const [what, more, ready] of rows) {
    it(what, async () => {
      const world = await worldWith({ wait: true, healthCheckExprs: ofConfigMaps(more) });
      expect(world.condition(await world.kustomization(), 'Ready')).to.match(ready);
      expect(world.failures).to.deep.equal([]);
    });
  }

  it('say by name what they waited for in vain', async () => {
    const world = await worldWith({
      wait: true,
      healthCheckExprs: ofConfigMaps({ current: 'data.absent == 1' }),
    });
    await world.sandbox.clock.advance(61_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(
      /timeout waiting for: \[ConfigMap\/shop\/a status: 'Unknown': current: No such key: absent\]/,
    );
  });

  it('are looked at again with each change of the object', async () => {
    const world = await worldWith({
      healthChecks: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'other', namespace: 'shop' }],
      healthCheckExprs: ofConfigMaps({ current: "has(data.phase) && data.phase == 'Done'" }),
    });
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other', namespace: 'shop' } };
    await world.sandbox.kube.create<UnknownObject>(kinds.configMap, { ...other, data: { phase: 'Begun' } });
    await world.sandbox.clock.settle();
    expect(world.condition(await world.kustomization(), 'Healthy')).to.match(/^Unknown/);
    const key = { kind: kinds.configMap, namespace: 'shop', name: 'other' };
    await world.sandbox.kube.patch(key, { type: 'merge', body: { data: { phase: 'Done' } } });
    await world.sandbox.clock.settle();
    expect(world.condition(await world.kustomization(), 'Healthy')).to.match(/^True/);
  });
});

describe('readyExpr of a dependency', () => {
  it('replaces the rule, and wakes the dependent when it holds', async () => {
    const readyExpr = "dep.metadata.annotations['go'] == self.metadata.name";
    const world = await worldWith({ dependsOn: [{ name: 'base', readyExpr }] });
    await world.createKustomization({ path: 'y' }, 'base');
    await world.sandbox.clock.advance(2_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.equal(
      "False DependencyNotReady: dependency 'flux-system/base' is not ready according to readyExpr eval",
    );
    const key = { kind: kinds.kustomization, namespace: 'flux-system', name: 'base' };
    await world.sandbox.kube.patch(key, {
      type: 'merge',
      body: { metadata: { annotations: { go: 'app' } } },
    });
    await world.sandbox.clock.settle();
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
  });

  it('stalls the dependent when it does not compile', async () => {
    const world = await worldWith({ dependsOn: [{ name: 'base', readyExpr: 'other.x' }] });
    const stalled = world.condition(await world.kustomization(), 'Stalled');
    expect(stalled).to.match(
      /^True InvalidCELExpression: .*failed to parse expression for dependency base: /,
    );
    const { metadata, status } = await world.kustomization();
    expect(status?.observedGeneration).to.equal(metadata.generation);
  });
});

describe('spec.ignore', () => {
  it('leaves what it names to others, and refuses what is no pointer', async () => {
    const ignore = [{ paths: ['/data/phase'], target: { kind: 'ConfigMap' } }];
    const world = await worldWith({ ignore });
    const key = { kind: kinds.configMap, namespace: 'shop', name: 'a' };
    await world.sandbox.kube.patch(
      key,
      { type: 'merge', body: { data: { phase: 'Theirs' } } },
      { fieldManager: 'op' },
    );
    await world.sandbox.clock.advance(10_000);
    world.git.commit('refs/heads/main', 'two', {
      'x/a.yaml': `${configMap('a', 'Git')}  more: x\n`.replace("'}\n  more: x", "', more: x}"),
    });
    await world.sandbox.clock.advance(60_000);
    expect((await world.sandbox.kube.get(key))?.['data']).to.deep.equal({ phase: 'Theirs', more: 'x' });
    const bad = await worldWith({ ignore: [{ paths: ['data'] }] });
    expect(bad.condition(await bad.kustomization(), 'Stalled')).to.match(/"data" is no JSON pointer/);
  });
});
