import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { createCliWorld, type CliWorld } from '#test/fakes/cli-io.js';
import { buildRelease } from '#test/fakes/release.js';

const template = {
  metadata: { labels: { app: 'web' } },
  spec: {
    initContainers: [{ name: 'init', image: 'init:1' }],
    ephemeralContainers: [{ name: 'debug', image: 'debug:1' }],
    containers: [
      { name: 'web', image: 'web:1' },
      { name: 'proxy', image: 'proxy:1' },
    ],
  },
};
const objects = buildRelease({ spec: { template } });

async function imagesOf(world: CliWorld, kind = kinds.rollout): Promise<readonly string[]> {
  const found = await world.kube.get<Rollout>({ kind, namespace: 'shop', name: 'web' });
  const spec = found?.spec.template?.spec as typeof template.spec | undefined;
  return [
    ...(spec?.initContainers ?? []),
    ...(spec?.containers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ].map(({ image }) => image);
}

describe('sluice set image', () => {
  it('sets the images of the containers that are named', async () => {
    const world = await createCliWorld({ objects });
    const { code, out } = await world.run('set image web web=web:2 init=init:2');
    expect([code, out]).to.deep.equal([0, 'rollout "web" image updated\n']);
    expect(await imagesOf(world)).to.deep.equal(['init:2', 'web:2', 'proxy:1', 'debug:1']);
  });
  it('takes * for every container', async () => {
    const world = await createCliWorld({ objects });
    await world.run('set image web *=all:2');
    expect(await imagesOf(world)).to.deep.equal(['all:2', 'all:2', 'all:2', 'all:2']);
  });
  it('names the containers when there is none of that name', async () => {
    const world = await createCliWorld({ objects });
    const { code, err } = await world.run('set image web app=web:2');
    expect([code, err]).to.deep.equal([
      1,
      'error: unable to find container named "app"; Rollout "web" has: init, web, proxy, debug\n',
    ]);
    expect(await imagesOf(world)).to.deep.equal(['init:1', 'web:1', 'proxy:1', 'debug:1']);
  });
  it('changes the workload that the rollout refers to', async () => {
    const workload: KubeObject & { spec: unknown } = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template },
    };
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const [rollout, ...rest] = buildRelease({ spec: { workloadRef: ref } });
    const { template: _, ...spec } = (rollout as Rollout).spec;
    const world = await createCliWorld({ objects: [workload, { ...rollout, spec } as Rollout, ...rest] });
    const { code, out } = await world.run('set image web web=web:2');
    expect([code, out]).to.deep.equal([0, 'deployment "web" image updated\n']);
    expect(await imagesOf(world, kinds.deployment)).to.deep.equal(['init:1', 'web:2', 'proxy:1', 'debug:1']);
  });
  it('tries again when somebody else was faster, five times', async () => {
    let conflicts = 4;
    const options = {
      objects,
      kube: (kube: CliWorld['kube']): CliWorld['kube'] => ({
        ...kube,
        patch: async (...args) => {
          if (conflicts-- > 0) throw new AppError('KubeConflict', 'the object has been modified');
          return kube.patch(...args);
        },
      }),
    };
    expect((await (await createCliWorld(options)).run('set image web web=web:2')).code).to.equal(0);
    conflicts = 5;
    const { err } = await (await createCliWorld(options)).run('set image web web=web:2');
    expect(err).to.equal('error: the object has been modified\n');
  });
  it('refuses what is no assignment', async () => {
    const { code, err } = await (await createCliWorld({ objects })).run('set image web web:2');
    expect(code).to.equal(2);
    expect(err).to.include('web:2: expected CONTAINER=IMAGE');
    expect((await (await createCliWorld({ objects })).run('set image web too=many=signs')).code).to.equal(2);
  });
});
