import { expect } from 'chai';
import type { Deployment } from '#api/k8s/core-kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { applyMergePatch } from '#core/json/json.js';
import type { Kube, ObjectKey, Patch, WriteOptions } from '#ports/kube.js';
import { beginExample, serveTeam } from '#test/fakes/git-example.js';
import type { GitopsWorld } from '#test/fakes/gitops-world.js';
import { objectsIn } from '#test/fakes/release-world.js';
import { readsOf } from '#runtime/kube-reads.js';

const key = { kind: kinds.deployment, namespace: 'shop', name: 'my-app' };

describe('failure cases of people who follow Git (issue 7, deliver 7)', () => {
  let server: Awaited<ReturnType<typeof serveTeam>>;

  before(async () => {
    server = await serveTeam();
  });
  after(() => server.close());

  const begin = (folder: string) => beginExample(objectsIn(`examples/${folder}`), `${server.url}/team`);
  const live = async (world: GitopsWorld): Promise<Deployment> => {
    const found = await world.sandbox.kube.get<Deployment>(key);
    if (found === undefined) throw new Error('the Deployment is gone');
    return found;
  };
  const edit = (world: GitopsWorld, body: Readonly<Record<string, unknown>>, fieldManager: string) =>
    world.sandbox.kube.patch(key, { type: 'merge', body }, { fieldManager });
  const told = async (world: GitopsWorld) =>
    (await world.events('Kustomization')).filter((text) => text.includes('Deployment/shop/my-app'));

  it('git-sync-loop: a webhook that adds defaults and changes what the manifest says starts no loop', async () => {
    const world = await begin('git-sync-loop');
    world.startControllers(withWebhook);
    await edit(world, { metadata: { annotations: { domain: 'mine' } } }, 'kubectl-edit');
    await world.sandbox.clock.advance(30_000);
    const { template } = (await live(world)).spec;
    expect(template.spec?.containers[0]).to.include({ imagePullPolicy: 'Always', image: 'mirror/my-app:1' });
    expect(template.metadata?.annotations).to.deep.equal({ injected: 'yes' });
    world.writes.length = 0;
    const before = [await told(world), (await live(world)).metadata.resourceVersion];
    await world.sandbox.clock.advance(12 * 60_000);
    expect(world.writes).to.deep.equal([]);
    expect([await told(world), (await live(world)).metadata.resourceVersion]).to.deep.equal(before);
    world.startControllers(withWebhook);
    await world.sandbox.clock.advance(60_000);
    expect(world.writes).to.deep.equal([]);
  });

  it('git-sync-loop: a field of the manifests that another controller sets again and again is left to it by spec.ignore', async () => {
    const world = await begin('git-sync-loop');
    for (const region of ['east', 'west', 'north']) {
      await edit(world, { metadata: { annotations: { region } } }, 'region-controller');
      world.writes.length = 0;
      await world.sandbox.clock.advance(60_000);
      expect((await live(world)).metadata.annotations?.['region']).to.equal(region);
      expect(world.writes).to.deep.equal([]);
    }
  });

  for (const manager of ['kubectl-edit', 'kubectl-patch', 'kubectl-client-side-apply']) {
    it(`git-unmanaged-drift: what ${manager} wrote beside the manifests goes, and the event says so`, async () => {
      const world = await begin('git-unmanaged-drift');
      const body = { spec: { template: { spec: { hostNetwork: true } } } };
      await edit(world, body, manager);
      await world.sandbox.clock.advance(6_000);
      expect((await live(world)).spec.template.spec).not.to.have.property('hostNetwork');
      expect((await told(world)).at(-1)).to.equal(
        `Progressing: Deployment/shop/my-app configured: ${manager} changed spec.template.spec.hostNetwork`,
      );
    });
  }

  it('git-unmanaged-drift: what a controller wrote under its own name stays, and nothing is written', async () => {
    const world = await begin('git-unmanaged-drift');
    await edit(world, { spec: { template: { spec: { nodeSelector: { pool: 'a' } } } } }, 'node-chooser');
    world.writes.length = 0;
    await world.sandbox.clock.advance(11 * 60_000);
    expect((await live(world)).spec.template.spec?.['nodeSelector']).to.deep.equal({ pool: 'a' });
    expect(world.writes).to.deep.equal([]);
  });

  it('git-night-edit: a manual edit is put back within seconds, and the event names who changed which field', async () => {
    const world = await begin('git-night-edit');
    await world.sandbox.clock.advance(3 * 60_000);
    const spec = { containers: [{ name: 'app', image: 'my-app:hotfix' }] };
    await edit(
      world,
      { spec: { template: { spec } }, metadata: { annotations: { domain: 'x' } } },
      'kubectl-edit',
    );
    await world.sandbox.clock.advance(6_000);
    const { metadata, spec: now } = await live(world);
    expect(now.template.spec?.containers[0]?.image).to.equal('my-app:1');
    expect(metadata.annotations?.['domain']).to.equal('${DOMAIN:=none}');
    const last = (await told(world)).at(-1) ?? '';
    expect(last).to.match(/^Progressing: Deployment\/shop\/my-app configured: kubectl-edit changed /);
    expect(last)
      .to.contain('spec.template.spec.containers[app].image')
      .and.to.contain('metadata.annotations.domain');
    expect(last).not.to.contain('hotfix');
  });
});

/** As an admission webhook does it: every write of a Deployment is changed before it is stored, dry runs too. */
function withWebhook(kube: Kube): Kube {
  const mutated = (body: UnknownObject): UnknownObject => {
    const { template } = (body as unknown as Deployment).spec;
    const containers = (template.spec?.containers ?? []).map((container) => ({
      ...container,
      image: `mirror/${String(container.image).replace('mirror/', '')}`,
      imagePullPolicy: 'Always',
    }));
    const added = {
      spec: { template: { metadata: { annotations: { injected: 'yes' } }, spec: { containers } } },
    };
    return applyMergePatch(body, added) as UnknownObject;
  };
  return {
    ...readsOf(kube),
    create: (kind, object, options) => kube.create(kind, object, options),
    update: (kind, object, options) => kube.update(kind, object, options),
    delete: (one, options) => kube.delete(one, options),
    patch: <T extends KubeObject = UnknownObject>(one: ObjectKey, patch: Patch, options?: WriteOptions) =>
      kube.patch<T>(
        one,
        patch.type === 'apply' && one.kind.kind === 'Deployment'
          ? { ...patch, body: mutated(patch.body as UnknownObject) }
          : patch,
        options,
      ),
  };
}
