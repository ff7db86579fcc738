import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { printYaml } from '#core/yaml/yaml.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { cluster, eventually, type Cluster } from './cluster.js';
import { rollout, service } from './objects.js';
import { reaches } from './watching.js';

describe('a commit that becomes a release', function () {
  this.timeout(120_000);
  let at: Cluster;
  let folder: string;
  let server: GitServer | undefined;
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.test', ...args], {
      cwd: join(folder, 'app'),
      encoding: 'utf8',
    });
  const commit = (objects: readonly any[], message: string): string => {
    writeFileSync(join(folder, 'app/deploy/all.yaml'), objects.map((one) => printYaml(one)).join('---\n'));
    git('add', '.');
    git('commit', '--quiet', '--message', message);
    return git('rev-parse', 'HEAD').trim();
  };
  const app = (version: string): any =>
    rollout('from-git', at.image(version), { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } }, 2);
  const kustomization = async (): Promise<any> => (await at.get(kinds.kustomization, 'app'))?.status ?? {};
  const isReady = ({ conditions = [] }: any, status: string): boolean =>
    conditions.some((one: any) => one.type === 'Ready' && one.status === status);

  before(async function () {
    at = await cluster(this);
    folder = mkdtempSync(join(tmpdir(), 'sluice-e2e-git-'));
    mkdirSync(join(folder, 'app/deploy'), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    server = await serveGit(folder);
  });
  after(async () => {
    await server?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('applies the first commit and waits until it is healthy', async () => {
    const revision = commit(
      [service('from-git', 'from-git'), service('extra', 'from-git'), app('3.8')],
      'first',
    );
    await at.apply(
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'GitRepository',
        metadata: { name: 'app' },
        spec: { interval: '1s', url: `${server?.url}/app`, ref: { branch: 'main' } },
      },
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'app' },
        spec: {
          interval: '10m',
          path: './deploy',
          prune: true,
          wait: true,
          targetNamespace: at.namespace,
          sourceRef: { kind: 'GitRepository', name: 'app' },
        },
      },
    );
    await eventually(
      'the Kustomization is Ready',
      async () => isReady(await kustomization(), 'True'),
      async () => [await kustomization(), (await at.get(kinds.gitRepository, 'app')).status],
    );
    expect((await kustomization()).lastAppliedRevision).to.equal(`main@sha1:${revision}`);
    await reaches(at, 'from-git', 'Healthy');
  });

  it('releases the second commit, prunes what it dropped, and leaves the release its fields', async () => {
    const revision = commit([service('from-git', 'from-git'), app('3.9')], 'second');
    await eventually(
      'the commit is attempted',
      async () => (await kustomization()).lastAttemptedRevision === `main@sha1:${revision}`,
      kustomization,
    );
    await reaches(at, 'from-git', 'Paused');
    await eventually('extra is pruned', async () => (await at.get(kinds.service, 'extra')) === undefined);
    await at.sluice('promote', 'from-git');
    await reaches(at, 'from-git', 'Healthy');
    await eventually(
      'the commit is applied',
      async () => (await kustomization()).lastAppliedRevision === `main@sha1:${revision}`,
      kustomization,
    );
  });

  it('takes back what somebody changed by hand', async () => {
    const ports = [{ name: 'http', port: 80, targetPort: 'wrong' }];
    const key = { kind: kinds.service, namespace: at.namespace, name: 'from-git' };
    await at.kube.patch(key, { type: 'merge', body: { spec: { ports } } }, { fieldManager: 'somebody' });
    await eventually(
      'the port is back',
      async () => (await at.get(kinds.service, 'from-git')).spec.ports[0].targetPort === 'http',
      kustomization,
    );
  });

  it('names what is wrong with a commit and leaves what runs alone', async () => {
    commit([{ apiVersion: 'v1', kind: 'Servce', metadata: { name: 'typo' } }, app('3.9')], 'wrong');
    await eventually(
      'the Kustomization says so',
      async () => {
        const status = await kustomization();
        return isReady(status, 'False') && JSON.stringify(status.conditions).includes('Servce');
      },
      kustomization,
    );
    await reaches(at, 'from-git', 'Healthy');
  });

  it('takes everything away when the Kustomization is deleted', async () => {
    commit([app('3.9')], 'right');
    await at.kube.delete({ kind: kinds.kustomization, namespace: at.namespace, name: 'app' });
    await eventually('it is gone', async () => (await at.get(kinds.kustomization, 'app')) === undefined);
    await eventually(
      'the Rollout is gone',
      async () => (await at.get(kinds.rollout, 'from-git')) === undefined,
    );
    await at.kube.delete({ kind: kinds.gitRepository, namespace: at.namespace, name: 'app' });
  });
});
