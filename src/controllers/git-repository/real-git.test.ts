import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createDiskStore } from '#adapters/artifact-store/disk-store.js';
import { createHttpFetcher } from '#adapters/artifact-store/http-fetcher.js';
import { serveArtifacts, type ArtifactServer } from '#adapters/artifact-store/http-server.js';
import { createGitCli } from '#adapters/git-cli/git-cli.js';
import { kinds } from '#api/kinds.js';
import { instantOf } from '#core/time/instant.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

describe('a commit of a real repository', () => {
  let directory: string;
  let gitServer: GitServer;
  let artifactServer: ArtifactServer;
  const requests: string[] = [];

  const commit = (text: string) => {
    const repository = join(directory, 'app');
    const name = { NAME: 'a', EMAIL: 'a@b.c' };
    const env = Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => Object.entries(name).map(([k, v]) => [`GIT_${who}_${k}`, v])),
    );
    const git = (...args: string[]) =>
      execFileSync('git', args, {
        cwd: repository,
        env: { PATH: process.env['PATH'], HOME: directory, ...env },
      });
    mkdirSync(repository, { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    writeFileSync(join(repository, 'a.yaml'), text);
    git('add', '.');
    git('commit', '--quiet', '-m', 'a change');
    return git('rev-parse', 'HEAD').toString().trim();
  };

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-test-real-'));
    gitServer = await serveGit(directory, { onRequest: (path) => requests.push(path) });
    artifactServer = await serveArtifacts(join(directory, 'artifacts'), '127.0.0.1', 0);
  });
  after(async () => {
    await gitServer.close();
    await artifactServer.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('becomes an artifact that is served over HTTP and applied; nothing is fetched while it stays', async () => {
    const clock = { now: () => instantOf(Date.now()), schedule: () => () => undefined };
    const baseUrl = () => artifactServer.url;
    const world = new GitopsWorld([], {
      git: createGitCli(),
      artifacts: createDiskStore({ directory: join(directory, 'artifacts'), baseUrl, clock }),
      fetcher: createHttpFetcher(),
    });
    const map = (v: string) =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}, data: {v: "${v}"}}`;
    const first = commit(map('1'));
    await world.createSource({ url: `${gitServer.url}/app` });
    await world.createKustomization();
    await world.sandbox.clock.settle();
    expect(world.failures).to.deep.equal([]);
    expect(world.condition(await world.kustomization(), 'Ready')).to.equal(
      `True ReconciliationSucceeded: Applied revision: main@sha1:${first}`,
    );
    expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: '1' });
    requests.length = 0;
    await world.sandbox.clock.advance(60_000);
    expect(requests.filter((path) => path.startsWith('/app/info/refs'))).to.have.length(1);
    commit(map('2'));
    await world.sandbox.clock.advance(60_000);
    expect((await world.find(kinds.configMap, 'a', 'shop'))?.['data']).to.deep.equal({ v: '2' });
  });
});
