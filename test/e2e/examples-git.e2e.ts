import { expect } from 'chai';
import { kinds, type Kind } from '#api/kinds.js';
import { serveTeam, withUrl } from '#test/fakes/git-example.js';
import { broughtBy } from '#test/fakes/git-example-outcomes.js';
import { objectsIn } from '#test/fakes/release-world.js';
import { cluster, eventually, type Cluster } from './cluster.js';

const spaces = ['flux-system', 'production', 'shop'];
const git = { kind: kinds.gitRepository, word: 'source' };
const ks = { kind: kinds.kustomization, word: 'Kustomization' };

describe('the examples that follow Git, with the outcome that they have in the sandbox', function () {
  this.timeout(120_000);
  let at: Cluster;
  let server: Awaited<ReturnType<typeof serveTeam>>;

  before(async function () {
    at = await cluster(this);
    server = await serveTeam();
    for (const name of spaces) {
      if ((await at.kube.get({ kind: kinds.namespace, name })) !== undefined) continue;
      await at.kube.create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  });
  after(async () => {
    await server?.close();
    for (const name of spaces) {
      await at.kube.delete({ kind: kinds.namespace, name }, { propagationPolicy: 'Background' });
    }
    // Other examples live in namespaces of these names.
    for (const name of spaces) {
      const key = { kind: kinds.namespace, name };
      await eventually(`${name} is gone`, async () => (await at.kube.get(key)) === undefined);
    }
  });

  const begin = async (folder: string, url: string): Promise<void> => {
    for (const object of objectsIn(`examples/${folder}`)) {
      if (object.kind === 'Namespace') continue;
      const kind = await at.kube.resolve(object.apiVersion, object.kind);
      if (kind === undefined) throw new Error(`${object.kind} is not served`);
      const { name, namespace = 'flux-system' } = object.metadata;
      const body = withUrl(object, url);
      await at.kube.patch({ kind, name, namespace }, { type: 'apply', body, force: true });
    }
  };
  const all = async (kind: Kind): Promise<readonly any[]> =>
    (await at.kube.list<any>(kind, { namespace: 'flux-system' })).items;
  const readyOf = ({ status }: any): any =>
    status?.conditions?.find(({ type }: { type: string }) => type === 'Ready');
  const deployments = async (): Promise<readonly string[]> => {
    const { items } = await at.kube.list(kinds.deployment);
    return items
      .filter(({ metadata: { namespace = '' } }) => spaces.includes(namespace))
      .map(({ metadata: { namespace = '', name, annotations } }) =>
        [`${namespace}/${name}`, annotations?.['domain'], annotations?.['region']].join(' '),
      )
      .toSorted();
  };
  const end = async (): Promise<void> => {
    for (const { kind, word } of [ks, git]) {
      for (const { metadata } of await all(kind)) {
        await at.kube.delete({ kind, namespace: 'flux-system', name: metadata.name });
      }
      await eventually(`no ${word} is left`, async () => (await all(kind)).length === 0);
    }
    // One of them has no `prune`, so that what it brought stays.
    const isLeft = (left: readonly string[]) => left.every((line) => line.startsWith('shop/ingress-nginx '));
    await eventually('what they brought is gone', async () => isLeft(await deployments()));
    await at.kube.delete({ kind: kinds.deployment, namespace: 'shop', name: 'ingress-nginx' });
    await eventually('nothing is left', async () => (await deployments()).length === 0);
  };

  for (const [folder, wanted] of Object.entries(broughtBy)) {
    it(`${folder} is Ready and brings what its folder holds`, async () => {
      await begin(folder, `${server.url}/team`);
      await eventually(
        'every Kustomization is Ready',
        async () => (await all(ks.kind)).every((object) => readyOf(object)?.status === 'True'),
        async () => (await all(ks.kind)).map(({ status }) => status),
      );
      for (const object of await all(ks.kind)) {
        expect(readyOf(object)).to.include({ reason: 'ReconciliationSucceeded' });
        expect(readyOf(object).message).to.match(/^Applied revision: main@sha1:[0-9a-f]{40}$/);
      }
      expect(await deployments()).to.deep.equal(wanted);
      await end();
    });

    it(`${folder} names the object and the cause while its URL does not answer, and applies nothing`, async () => {
      await begin(folder, `${server.url}/nobody`);
      await eventually(
        'every source says what is wrong',
        async () => (await all(git.kind)).every((object) => readyOf(object)?.status === 'False'),
        async () => (await all(git.kind)).map(({ status }) => status),
      );
      for (const object of await all(git.kind))
        expect(readyOf(object).message).to.contain(`${server.url}/nobody`);
      expect(await deployments()).to.deep.equal([]);
      await end();
    });
  }
});
