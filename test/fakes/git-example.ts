import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { GitRepository } from '#api/flux/git-repository.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { createGitCli } from '#adapters/git-cli/git-cli.js';
import { serveGit } from '#sandbox/git/git-server.js';
import { FakeArtifactStore } from './artifact-store.js';
import { GitopsWorld, namespace } from './gitops-world.js';

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

/** Serves that repository as `<url>/team` on loopback. */
export async function serveTeam(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-examples-git-'));
  createRepository(join(directory, 'team'));
  const server = await serveGit(directory);
  return {
    url: server.url,
    close: async () => {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A cluster with the objects of an example and what its README asks for: another URL, nothing else. */
export async function beginExample(objects: readonly KubeObject[], url: string): Promise<GitopsWorld> {
  const artifacts = new FakeArtifactStore();
  const own = objects
    .filter(({ metadata }) => metadata.name !== 'flux-system')
    .map((object) => withUrl(object, url));
  const real = { git: createGitCli(), artifacts, fetcher: artifacts };
  const world = new GitopsWorld([namespace('production'), ...own], real);
  await world.sandbox.clock.settle();
  await world.sandbox.clock.advance(120_000);
  return world;
}

/** An object as it stands, a GitRepository with this URL. */
export function withUrl(object: KubeObject, url: string): KubeObject {
  if (object.kind !== 'GitRepository') return object;
  const { spec } = object as GitRepository;
  return { ...object, spec: { ...spec, url } } as GitRepository;
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
