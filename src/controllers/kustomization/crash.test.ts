import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { dyingKube } from '#test/fakes/dying-kube.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const configMap = (name: string, v: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: {v: '${v}'}\n`;

const names = ['a', 'b', 'c', 'd'];

/** Which of the objects there are. */
async function present(world: GitopsWorld): Promise<readonly string[]> {
  const { items } = await world.sandbox.kube.list(kinds.configMap, { namespace: 'shop' });
  return items.map(({ metadata }) => metadata.name).filter((name) => names.includes(name));
}

/** Kills the reconciler right behind its n-th write of a commit that makes, changes and deletes; says whether it came so far. */
async function killedAfter(
  writes: number,
  leave: Record<string, string>,
): Promise<{ world: GitopsWorld; died: boolean }> {
  const world = new GitopsWorld();
  world.git.commit('refs/heads/main', 'one', {
    'a.yaml': configMap('a', '1'),
    'b.yaml': configMap('b', '1'),
  });
  await world.createSource();
  await world.createKustomization();
  await world.sandbox.clock.advance(2_000);
  let died = false;
  world.startControllers((kube) => dyingKube(kube, writes, () => (died = true)).kube);
  world.git.commit('refs/heads/main', 'two', {
    'b.yaml': configMap('b', '2'),
    'c.yaml': configMap('c', '2'),
    'd.yaml': configMap('d', '2'),
  });
  await world.sandbox.clock.advance(61_000);
  world.git.commit('refs/heads/main', 'three', leave);
  world.startControllers();
  await world.sandbox.clock.advance(200_000);
  return { world, died };
}

describe('a reconciler that is killed after a write', () => {
  it('orphans nothing, whichever write it was, when the next commit has less', async () => {
    let kills = 0;
    for (let writes = 1; ; writes += 1) {
      const { world, died } = await killedAfter(writes, { 'b.yaml': configMap('b', '3') });
      expect(await present(world), `after ${writes} writes`).to.deep.equal(['b']);
      expect(world.condition(await world.kustomization(), 'Ready'), `after ${writes} writes`).to.match(
        /^True/,
      );
      expect((await world.kustomization()).status?.inventory?.entries).to.deep.equal([
        { id: 'shop_b__ConfigMap', v: 'v1' },
      ]);
      if (!died) break;
      kills += 1;
    }
    expect(kills).to.be.greaterThan(6);
  });

  it('deletes all that it applied when it is deleted itself, whichever write of that it died behind', async () => {
    for (let writes = 1; ; writes += 1) {
      const world = new GitopsWorld();
      const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name, '1')]));
      world.git.commit('refs/heads/main', 'one', files);
      await world.createSource();
      await world.createKustomization();
      await world.sandbox.clock.advance(2_000);
      let died = false;
      world.startControllers((kube) => dyingKube(kube, writes, () => (died = true)).kube);
      await world.sandbox.clock.advance(2_000);
      const key = { kind: kinds.kustomization, namespace: 'flux-system', name: 'app' };
      await world.sandbox.kube.delete(key);
      await world.sandbox.clock.advance(60_000);
      world.startControllers();
      await world.sandbox.clock.advance(60_000);
      expect(await present(world), `after ${writes} writes`).to.deep.equal([]);
      expect(await world.sandbox.kube.get(key), `after ${writes} writes`).to.equal(undefined);
      if (!died) break;
      expect(writes).to.be.lessThan(50);
    }
  });

  it('orphans nothing of a first commit with a definition and its object, when the next has neither', async () => {
    const schema = '{type: object, x-kubernetes-preserve-unknown-fields: true}';
    const first = {
      'a.yaml': configMap('a', '1'),
      'd.yaml': `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: Thing, plural: things, singular: thing}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: ${schema}}}]}\n`,
      't.yaml': 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t, namespace: shop}\n',
    };
    for (let writes = 1; ; writes += 1) {
      const world = new GitopsWorld();
      let died = false;
      world.startControllers((kube) => dyingKube(kube, writes, () => (died = true)).kube);
      world.git.commit('refs/heads/main', 'one', first);
      await world.createSource();
      await world.createKustomization();
      await world.sandbox.clock.advance(62_000);
      world.git.commit('refs/heads/main', 'two', { 'b.yaml': configMap('b', '1') });
      world.startControllers();
      await world.sandbox.clock.advance(200_000);
      expect(await present(world), `after ${writes} writes`).to.deep.equal(['b']);
      const definition = { kind: kinds.customResourceDefinition, name: 'things.example.com' };
      expect(await world.sandbox.kube.get(definition), `after ${writes} writes`).to.equal(undefined);
      if (!died) break;
      expect(writes).to.be.lessThan(50);
    }
  });
});
