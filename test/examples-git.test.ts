import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { GitRepository } from '#api/flux/git-repository.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { createGitCli } from '#adapters/git-cli/git-cli.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { FakeArtifactStore } from '#test/fakes/artifact-store.js';
import { GitopsWorld, namespace } from '#test/fakes/gitops-world.js';
import { objectsIn } from '#test/fakes/release-world.js';

const deployment = (name: string, where: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${where}
  annotations:
    domain: \${DOMAIN:=none}
    region: \${REGION:=none}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: app, image: '${name}:1'}]}
`;

/** One repository that has every folder that the examples name. */
const files: Readonly<Record<string, string>> = {
  'apps/my-app/app.yaml': deployment('my-app', 'shop'),
  'environments/production/app.yaml': deployment('myapp', 'production'),
  'apps/production/app.yaml': deployment('api-server', 'elsewhere'),
  'infrastructure/cert-manager/app.yaml': deployment('cert-manager', 'shop'),
  'infrastructure/ingress-nginx/app.yaml': deployment('ingress-nginx', 'shop'),
  'applications/app.yaml': deployment('application', 'shop'),
};

/** Without `postBuild` a manifest stays as it is written. */
const untouched = '${DOMAIN:=none} ${REGION:=none}';

/** Deployments that each example brings, `namespace/name domain region`. */
const brings: Readonly<Record<string, readonly string[]>> = {
  'git-minimal': [`shop/my-app ${untouched}`],
  'git-environment': ['production/myapp production.example.com us-east-1'],
  'git-tenant': ['production/api-server production.example.com none'],
  'git-ordered': [
    `shop/application ${untouched}`,
    `shop/cert-manager ${untouched}`,
    `shop/ingress-nginx ${untouched}`,
  ],
};

describe('an example that follows Git', () => {
  let directory: string;
  let server: GitServer;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-examples-git-'));
    createRepository(join(directory, 'team'));
    server = await serveGit(directory);
  });
  after(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  for (const [folder, wanted] of Object.entries(brings)) {
    it(`${folder} is Ready and brings what its folder holds, once its URL is one that answers`, async () => {
      const world = await begin(objectsIn(`examples/${folder}`), `${server.url}/team`);
      const { items } = await world.sandbox.kube.list<Kustomization>(kinds.kustomization);
      for (const object of items)
        expect(world.condition(object, 'Ready'), object.metadata.name).to.match(
          /^True ReconciliationSucceeded: Applied revision: main@sha1:[0-9a-f]{40}$/,
        );
      expect(await deploymentsOf(world)).to.deep.equal(wanted);
      expect(world.failures).to.deep.equal([]);
    });

    it(`${folder} names the object and the cause while its URL does not answer, and applies nothing`, async () => {
      const world = await begin(objectsIn(`examples/${folder}`), `${server.url}/nobody`);
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
    const world = await begin(objectsIn('examples/git-ordered'), `${server.url}/team`);
    const journal = world.sandbox.journal().filter((line) => line.includes('ADDED Deployment/'));
    const order = journal.map((line) => line.replace(/^.*\/(\S+) \d+$/, '$1'));
    expect(order.indexOf('application')).to.be.greaterThan(order.indexOf('cert-manager'));
    expect(order.indexOf('ingress-nginx')).to.be.greaterThan(order.indexOf('cert-manager'));
  });
});

async function begin(objects: readonly KubeObject[], url: string): Promise<GitopsWorld> {
  const artifacts = new FakeArtifactStore();
  const own = objects
    .filter(({ metadata }) => metadata.name !== 'flux-system')
    .map((object) => withUrl(object, url));
  const world = new GitopsWorld([namespace('production'), ...own], {
    git: createGitCli(),
    artifacts,
    fetcher: artifacts,
  });
  await world.sandbox.clock.settle();
  await world.sandbox.clock.advance(120_000);
  return world;
}

/** What the README of the example asks for: another URL, nothing else. */
function withUrl(object: KubeObject, url: string): KubeObject {
  if (object.kind !== 'GitRepository') return object;
  const { spec } = object as GitRepository;
  return { ...object, spec: { ...spec, url } } as GitRepository;
}

async function deploymentsOf(world: GitopsWorld): Promise<readonly string[]> {
  const { items } = await world.sandbox.kube.list(kinds.deployment);
  return items
    .map(({ metadata: { namespace: where = '', name, annotations } }) =>
      [`${where}/${name}`, annotations?.['domain'], annotations?.['region']].join(' '),
    )
    .toSorted();
}

function createRepository(repository: string): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(repository, dirname(path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  const env = { PATH: process.env['PATH'], HOME: repository, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: readonly string[]): unknown => execFileSync('git', args, { cwd: repository, env });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '--quiet', '-m', 'all of it');
}
