import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {by: us}\n';

/** A world with a kustomize beside the built-in generator; it notes what it is asked to build. */
async function worldOf(kustomization: string) {
  const built: string[] = [];
  const render = (_tree: unknown, directory: string) => {
    built.push(directory);
    return Promise.resolve(manifest.replace('us', 'kustomize'));
  };
  const world = new GitopsWorld([], undefined, { fallback: { render } });
  world.git.commit('refs/heads/main', 'one', { 'x/a.yaml': manifest, 'x/kustomization.yaml': kustomization });
  await world.createSource();
  await world.createKustomization({ path: 'x' });
  await world.sandbox.clock.advance(2_000);
  const data = (await world.find(kinds.configMap, 'a', 'shop'))?.['data'];
  return { built, data, ready: world.condition(await world.kustomization(), 'Ready') };
}

describe('a kustomize beside the built-in generator (flux-semantics 8.3)', () => {
  it('renders what that does not serve', async () => {
    const { built, data, ready } = await worldOf('resources: [a.yaml]\nreplacements: [{path: r.yaml}]\n');
    expect(ready).to.match(/^True/);
    expect(data).to.deep.equal({ by: 'kustomize' });
    expect(built).to.deep.equal(['x']);
  });

  it('is not started for anything else, nor for a fault of the source', async () => {
    const plain = await worldOf('resources: [a.yaml]\n');
    expect([plain.data, plain.built]).to.deep.equal([{ by: 'us' }, []]);
    const bad = await worldOf('resources: [absent.yaml]\n');
    expect(bad.ready).to.match(/^False BuildFailed/);
    expect(bad.built).to.deep.equal([]);
  });

  for (const field of [
    'transformers: [https://evil.test/t.yaml]',
    'patches: [{path: https://evil.test/p.yaml}]',
    'configMapGenerator: [{name: g, files: [k=https://evil.test/f]}]',
  ]) {
    it(`never gets a source with something remote: ${field}`, async () => {
      const { built, ready } = await worldOf(`replacements: []\n${field}\n`);
      expect(ready).to.match(/^False BuildFailed: x\/kustomization\.yaml: .*remote bases are refused/);
      expect(built).to.deep.equal([]);
    });
  }
});
