import { expect } from 'chai';
import type { GitRepository } from '#api/flux/git-repository.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import { beginExample, serveTeam } from '#test/fakes/git-example.js';
import { broughtBy } from '#test/fakes/git-example-outcomes.js';
import type { GitopsWorld } from '#test/fakes/gitops-world.js';
import { objectsIn } from '#test/fakes/release-world.js';

describe('an example that follows Git', () => {
  let server: Awaited<ReturnType<typeof serveTeam>>;

  before(async () => {
    server = await serveTeam();
  });
  after(() => server.close());

  for (const [folder, wanted] of Object.entries(broughtBy)) {
    it(`${folder} is Ready and brings what its folder holds, once its URL is one that answers`, async () => {
      const world = await beginExample(objectsIn(`examples/${folder}`), `${server.url}/team`);
      const { items } = await world.sandbox.kube.list<Kustomization>(kinds.kustomization);
      for (const object of items)
        expect(world.condition(object, 'Ready'), object.metadata.name).to.match(
          /^True ReconciliationSucceeded: Applied revision: main@sha1:[0-9a-f]{40}$/,
        );
      expect(await deploymentsOf(world)).to.deep.equal(wanted);
      expect(world.failures).to.deep.equal([]);
    });

    it(`${folder} names the object and the cause while its URL does not answer, and applies nothing`, async () => {
      const world = await beginExample(objectsIn(`examples/${folder}`), `${server.url}/nobody`);
      const { items } = await world.sandbox.kube.list<GitRepository>(kinds.gitRepository);
      for (const object of items)
        expect(world.condition(object, 'Ready'))
          .to.match(/^False \w+: /)
          .and.to.contain(`${server.url}/nobody`);
      expect((await world.events('GitRepository')).join('\n')).to.contain(`${server.url}/nobody`);
      expect(await deploymentsOf(world)).to.deep.equal([]);
    });
  }

  it('git-ordered applies what depends on another only after it', async () => {
    const world = await beginExample(objectsIn('examples/git-ordered'), `${server.url}/team`);
    const journal = world.sandbox.journal().filter((line) => line.includes('ADDED Deployment/'));
    const order = journal.map((line) => line.replace(/^.*\/(\S+) \d+$/, '$1'));
    expect(order.indexOf('application')).to.be.greaterThan(order.indexOf('cert-manager'));
    expect(order.indexOf('ingress-nginx')).to.be.greaterThan(order.indexOf('cert-manager'));
  });
});

async function deploymentsOf(world: GitopsWorld): Promise<readonly string[]> {
  const { items } = await world.sandbox.kube.list(kinds.deployment);
  return items
    .map(({ metadata: { namespace: where = '', name, annotations } }) =>
      [`${where}/${name}`, annotations?.['domain'], annotations?.['region']].join(' '),
    )
    .toSorted();
}
