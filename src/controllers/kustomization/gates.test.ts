import { expect } from 'chai';
import type { KustomizationSpec } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import type { KustomizationSettings } from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const configMap =
  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {v: 'x${unset}y'}\n";

/** A Kustomization of one ConfigMap whose text has a variable. */
async function worldWith(
  settings: Partial<KustomizationSettings>,
  spec: Partial<KustomizationSpec>,
): Promise<GitopsWorld> {
  const world = new GitopsWorld([], undefined, settings);
  world.git.commit('refs/heads/main', 'one', { 'x/a.yaml': configMap, 'y/none.txt': '' });
  await world.createSource();
  await world.createKustomization({ path: 'x', ...spec });
  await world.sandbox.clock.advance(2_000);
  return world;
}

const readyOf = async (world: GitopsWorld) => world.condition(await world.kustomization(), 'Ready');

describe('feature gates (flux-semantics 8.16)', () => {
  const postBuild = { substitute: { other: '1' } };

  it('StrictPostBuildSubstitutions: an unset variable fails the build by name, and is empty without the gate', async () => {
    expect(await readyOf(await worldWith({}, { postBuild }))).to.match(
      /^False BuildFailed: .*variable not set \(strict mode\): "unset"/,
    );
    const lax = await worldWith({ isStrict: false }, { postBuild });
    expect((await lax.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: 'xy' });
  });

  it('AdditiveCELDependencyCheck: with the gate the rule for all must hold too', async () => {
    const dependsOn = [{ name: 'base', readyExpr: 'true' }];
    for (const [isReadyExprAdded, ready] of [
      [false, /^True/],
      [true, /^False DependencyNotReady: .*dependency 'flux-system\/base' is not ready$/],
    ] as const) {
      const world = await worldWith({ isReadyExprAdded }, { dependsOn });
      await world.createKustomization({ path: 'absent' }, 'base');
      await world.sandbox.clock.advance(61_000);
      expect(await readyOf(world)).to.match(ready);
    }
  });

  it('DisableFailFastBehavior: with the gate what has failed is awaited until the time is up', async () => {
    const failed = { apiVersion: 'v1', kind: 'ConfigMap', failed: 'true', current: 'false' };
    const spec = { wait: true, timeout: '1m', healthCheckExprs: [failed] };
    expect(await readyOf(await worldWith({}, spec))).to.match(/^False HealthCheckFailed: .*failed early/);
    const patient = await worldWith({ isPatient: true }, spec);
    expect(await readyOf(patient)).to.match(/^Unknown Progressing/);
    await patient.sandbox.clock.advance(61_000);
    expect(await readyOf(patient)).to.match(
      /^False HealthCheckFailed: .*timeout waiting for: \[ConfigMap\/shop\/a status: 'Failed'/,
    );
  });
});

describe('settings of the process (flux-semantics 8.8, 8.10)', () => {
  it('a kind of its own stage is applied before the rest', async () => {
    const world = new GitopsWorld([], undefined, { customStageKinds: ['/Secret'] });
    world.git.commit('refs/heads/main', 'one', {
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n',
      'b.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: b, namespace: shop}\n',
    });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.advance(2_000);
    const applied = world.writes.filter((subject) => subject.includes('/shop/'));
    expect(applied).to.deep.equal(['Secret/shop/b', 'ConfigMap/shop/a']);
  });

  it('fields of an overridden manager are taken away, those of others stay', async () => {
    const world = new GitopsWorld([], undefined, { overrideManagers: ['old-tool'] });
    world.git.commit('refs/heads/main', 'one', {
      'a.yaml': "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {v: '1'}\n",
    });
    await world.createSource();
    await world.createKustomization();
    await world.sandbox.clock.advance(2_000);
    const key = { kind: kinds.configMap, namespace: 'shop', name: 'a' };
    for (const fieldManager of ['old-tool', 'operator']) {
      const body = { data: { [fieldManager]: 'x' } };
      await world.sandbox.kube.patch(key, { type: 'merge', body }, { fieldManager });
    }
    await world.sandbox.clock.advance(30_000);
    expect((await world.sandbox.kube.get(key))?.['data']).to.deep.equal({ v: '1', operator: 'x' });
  });
});
