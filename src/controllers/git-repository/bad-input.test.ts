import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createGitCli } from '#adapters/git-cli/git-cli.js';
import type { GitRepositorySpec } from '#api/flux/git-repository.js';
import { kinds } from '#api/kinds.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { FakeArtifactStore } from '#test/fakes/artifact-store.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const prefix = 'failed to checkout and determine revision: ';

describe('a source that the real git cannot read', () => {
  let directory: string;
  let server: GitServer;
  let url: string;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-test-bad-'));
    const env = { PATH: process.env['PATH'], HOME: directory };
    execFileSync('git', ['init', '--quiet', 'app'], { cwd: directory, env });
    server = await serveGit(directory, { login: { username: 'robot', password: 'right' } });
    url = `${server.url}/app`;
  });
  after(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const login = (password: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login', namespace: 'flux-system' },
    data: { username: btoa('robot'), password: btoa(password) },
  });

  /** What the condition says after the first look, and that the event says the same and nothing changes after it. */
  async function sayingOf(spec: Partial<GitRepositorySpec>, binary = 'git'): Promise<string | undefined> {
    const store = new FakeArtifactStore();
    const world = new GitopsWorld([login('wrong')], {
      git: createGitCli({ binary }),
      artifacts: store,
      fetcher: store,
    });
    await world.createSource(spec);
    await world.sandbox.clock.settle();
    const before = await world.source();
    const said = world.condition(before, 'Ready')?.replace(/^False /, '');
    await world.sandbox.clock.advance(1_000);
    expect((await world.source()).status).to.deep.equal(before.status);
    expect(await world.events('GitRepository')).to.deep.equal([said]);
    const { items } = await world.sandbox.kube.list(kinds.event, { namespace: 'flux-system' });
    expect(items[0]).to.deep.include({ type: 'Warning', count: 2 });
    expect(world.failures).to.deep.equal([]);
    return said;
  }

  it('names a server that does not answer', async () => {
    const said = await sayingOf({ url: 'http://127.0.0.1:9/app' });
    expect(said).to.include(`GitOperationFailed: ${prefix}unable to clone 'http://127.0.0.1:9/app': fatal: `);
    expect(said).to.match(/Failed to connect to 127\.0\.0\.1 port 9.*; check spec\.url and the network$/);
  });

  it('names the Secret whose password is refused, and not the password', async () => {
    const said = await sayingOf({ url, secretRef: { name: 'login' } });
    expect(said).to.include(
      `AuthenticationFailed: ${prefix}unable to clone '${url}': fatal: Authentication failed`,
    );
    expect(said)
      .to.match(/; check Secret\/flux-system\/login of spec\.secretRef$/)
      .and.not.to.include('wrong');
  });

  it('asks for a Secret when the server wants one and none is named', async () => {
    expect(await sayingOf({ url })).to.match(
      /^AuthenticationFailed: .*; set spec\.secretRef to a Secret with credentials$/,
    );
  });

  it('says that git is not installed', async () => {
    expect(await sayingOf({ url }, '/nonexistent/git')).to.equal(
      `GitOperationFailed: ${prefix}git: "/nonexistent/git" was not found; install git or set its path`,
    );
  });

  it('stalls on a URL that is none', async () => {
    const world = new GitopsWorld();
    await world.createSource({ url: 'http://[x/app' });
    await world.sandbox.clock.settle();
    const text = 'URLInvalid: spec.url: "http://[x/app" is no http, https or ssh URL';
    expect(world.condition(await world.source(), 'Stalled')).to.equal(`True ${text}`);
    expect(await world.events('GitRepository')).to.deep.equal([text]);
  });

  const early: readonly [what: string, spec: object, text: string][] = [
    [
      'part of a hash',
      { ref: { commit: 'f754ff37' } },
      `GitOperationFailed: ${prefix}unable to resolve commit object for 'f754ff37': object not found; name the commit by its whole hash`,
    ],
    [
      'ssh without a key',
      { url: 'ssh://git@git.test/app.git' },
      "AuthenticationFailed: failed to configure authentication options: invalid 'ssh' auth option: 'identity' is required; set spec.secretRef to a Secret with identity and known_hosts",
    ],
  ];
  for (const [what, spec, text] of early) {
    it(`asks nobody for ${what}`, async () => {
      const world = new GitopsWorld();
      await world.createSource(spec);
      await world.sandbox.clock.settle();
      expect(world.condition(await world.source(), 'Ready')).to.equal(`False ${text}`);
      expect(world.git.calls.filter((call) => call.startsWith('fetch'))).to.deep.equal([]);
    });
  }

  const refs: readonly [ref: object, what: string][] = [
    [{ branch: 'absent' }, `couldn't find remote ref "refs/heads/absent"`],
    [{ tag: 'v9' }, `couldn't find remote ref "refs/tags/v9"`],
    [{ semver: '>=9.0.0' }, 'no match found for semver: >=9.0.0'],
  ];
  for (const [ref, what] of refs) {
    it(`names ${JSON.stringify(ref)} when it is not there`, async () => {
      const world = new GitopsWorld();
      world.git.commit('refs/heads/main', 'one', {});
      await world.createSource({ ref });
      await world.sandbox.clock.settle();
      const text = `GitOperationFailed: ${prefix}unable to clone 'https://git.test/app.git': ${what}; push it or change spec.ref`;
      expect(world.condition(await world.source(), 'Ready')).to.equal(`False ${text}`);
      expect(await world.events('GitRepository')).to.deep.equal([text]);
    });
  }
});
