import { createHmac, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { GitAccess } from '#ports/git-remote.js';
import { GitRepos } from '#test/fakes/git-repo.js';
import { makeSshKey, serveGitOverSsh, type SshGitServer, type SshKey } from '#test/fakes/ssh-git-server.js';
import { failure } from '#test/fakes/failure.js';
import { createGitCli } from './git-cli.js';

const passphrase = 'pass phrase';

describe('git over SSH', () => {
  let repos: GitRepos;
  let server: SshGitServer;
  let head: string;
  const key = makeSshKey();
  const locked = makeSshKey(passphrase);

  before(async () => {
    repos = new GitRepos();
    repos.init('app');
    head = repos.commit('app', { 'a.yaml': 'a: 1' });
    server = await serveGitOverSsh(repos.directory, [key.public, locked.public]);
  });
  after(() => {
    server.close();
    repos.remove();
  });

  const at = (
    { identity }: SshKey,
    more: { knownHosts?: string; passphrase?: string; user?: string } = {},
  ): GitAccess => {
    const { user = '', knownHosts = server.knownHosts, ...rest } = more;
    const ssh = { identity, knownHosts, ...rest };
    return { url: `ssh://${user}127.0.0.1:${server.port}/app`, credentials: { ssh }, timeoutMs: 10_000 };
  };
  const failureOf = (access: GitAccess, git = createGitCli()) => failure(git.listRefs(access));

  it('lists and fetches as git, or as the user of the URL', async () => {
    const git = createGitCli();
    expect((await git.listRefs(at(key))).refs['refs/heads/main']).to.equal(head);
    const wanted = { ref: 'refs/heads/main', commit: head, recurseSubmodules: false, sparseDirectories: [] };
    const { files } = await git.fetch(at(key, { user: 'robot@' }), wanted);
    expect(files.map(({ path }) => path)).to.deep.equal(['a.yaml']);
    expect(server.users).to.include.members(['git', 'robot']);
  });

  it('opens a key with its passphrase, and not with another', async () => {
    const git = createGitCli();
    expect((await git.listRefs(at(locked, { passphrase }))).refs['refs/heads/main']).to.equal(head);
    const error = await failureOf(at(locked, { passphrase: 'wr0ng' }));
    expect(error.code).to.equal('GitDenied');
    expect(error.message).to.not.include('wr0ng');
  });

  it('is refused with a key that nobody knows', async () => {
    const error = await failureOf(at(makeSshKey()));
    expect(error.code).to.equal('GitDenied');
    expect(error.message).to.match(/Permission denied \(publickey\)/);
  });

  describe('believes a host by known_hosts', () => {
    const salted = (name: string): string => {
      const salt = randomBytes(20);
      const hash = createHmac('sha1', salt).update(name).digest('base64');
      return `|1|${salt.toString('base64')}|${hash}`;
    };
    const keyOf = (): string => server.knownHosts.split(' ').slice(1).join(' ');
    it('whose line is hashed, or has a wildcard', async () => {
      const git = createGitCli();
      for (const name of [salted(`[127.0.0.1]:${server.port}`), `[127.0.0.*]:${server.port}`]) {
        const { refs } = await git.listRefs(at(key, { knownHosts: `${name} ${keyOf()}` }));
        expect(refs['refs/heads/main']).to.equal(head);
      }
    });
    it('and no other, none that is revoked, and none when there is no line', async () => {
      const name = `[127.0.0.1]:${server.port}`;
      const other = makeSshKey().public;
      for (const knownHosts of [`${name} ${other}`, `${server.knownHosts}@revoked ${name} ${keyOf()}`, '']) {
        const error = await failureOf(at(key, { knownHosts }));
        expect(error.code).to.equal('GitDenied');
        expect(error.message).to.match(/Host key verification failed|REVOKED|No .* host key is known/i);
      }
    });
  });

  it('uses the algorithms that it is told to', async () => {
    const git = createGitCli({ ssh: { keyExchange: ['diffie-hellman-group1-sha1'] } });
    expect((await failureOf(at(key), git)).message).to.match(/no matching key exchange method/i);
    const hostKey = createGitCli({ ssh: { hostKey: ['ecdsa-sha2-nistp521'] } });
    expect((await failureOf(at(key), hostKey)).message).to.match(/no matching host key type/i);
  });
});
