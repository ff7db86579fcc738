import { expect } from 'chai';
import type { GitAccess, GitCheckout } from '#ports/git-remote.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { GitRepos } from '#test/fakes/git-repo.js';
import { createGitCli } from './git-cli.js';
import { accessOfSubmodule } from './submodules.js';

const login = { username: 'robot', password: 'right' };

describe('submodules', () => {
  let repos: GitRepos;
  let server: GitServer;

  before(async () => {
    repos = new GitRepos();
    server = await serveGit(repos.directory, { login });
    for (const [name, file] of [
      ['deep', 'd.yaml'],
      ['lib', 'l.yaml'],
    ] as const) {
      repos.init(name);
      repos.commit(name, { [file]: name });
    }
    link('lib', 'inner', 'deep', '../deep');
    repos.init('app');
    repos.commit('app', { 'a.yaml': 'app' });
    link('app', 'libs/one', 'lib', `${server.url}/lib`);
  });
  after(async () => {
    await server.close();
    repos.remove();
  });

  /** Puts a repository into another without git's own command, so that any URL can be written. */
  const link = (repository: string, path: string, target: string, url: string): string => {
    const hash = repos.git(target, ['rev-parse', 'HEAD']);
    repos.git(repository, ['update-index', '--add', '--cacheinfo', `160000,${hash},${path}`]);
    const text = `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`;
    repos.git(repository, [
      'update-index',
      '--add',
      '--cacheinfo',
      `100644,${blob(repository, text)},.gitmodules`,
    ]);
    repos.git(repository, ['commit', '--quiet', '-m', `link ${target}`]);
    return repos.git(repository, ['rev-parse', 'HEAD']);
  };
  const blob = (repository: string, text: string): string =>
    repos.git(repository, ['hash-object', '-w', '--stdin'], text);
  const fetch = (repository: string, commit: string, recurseSubmodules = true): Promise<GitCheckout> => {
    const access = { url: `${server.url}/${repository}`, credentials: { basic: login }, timeoutMs: 20_000 };
    return createGitCli().fetch(access, { commit, recurseSubmodules, sparseDirectories: [] });
  };

  it('are part of the files with their own ones, relative URLs too, with the same credentials', async () => {
    const head = repos.git('app', ['rev-parse', 'HEAD']);
    const { files } = await fetch('app', head);
    expect(files.map(({ path, content }) => [path, Buffer.from(content).toString()])).to.deep.include.members(
      [
        ['a.yaml', 'app'],
        ['libs/one/l.yaml', 'lib'],
        ['libs/one/inner/d.yaml', 'deep'],
      ],
    );
  });

  it('stay empty when they are not asked for', async () => {
    const { files } = await fetch('app', repos.git('app', ['rev-parse', 'HEAD']), false);
    expect(files.map(({ path }) => path)).to.deep.equal(['.gitmodules', 'a.yaml']);
  });

  for (const [what, url, said] of [
    ['a file', 'file:///etc', /the submodule URL "file:\/\/\/etc" is no http, https or ssh URL/],
    ['a command', 'ext::sh -c true', /is no http, https or ssh URL/],
    ['an option', '--upload-pack=true', /is no http, https or ssh URL/],
    ['nothing', '', /is no http, https or ssh URL|no url found for submodule path 'x'/],
  ] as const) {
    it(`are refused when their URL is ${what}`, async () => {
      const name = `bad-${what.replaceAll(' ', '-')}`;
      repos.init(name);
      repos.commit(name, { a: '' });
      const commit = link(name, 'x', 'deep', url);
      let message = '';
      await fetch(name, commit).catch((thrown: Error) => ({ message } = thrown));
      expect(message).to.match(said);
    });
  }

  it('never see the password of another host', () => {
    const ssh = { identity: 'i', knownHosts: 'k' };
    const credentials = { basic: login, bearerToken: 't', ssh, caCertificate: 'c' };
    const access: GitAccess = { url: 'https://git.test/app', credentials, timeoutMs: 1 };
    expect(accessOfSubmodule(access, 'https://git.test/lib').credentials).to.deep.equal(credentials);
    for (const url of ['https://evil.test/lib', 'http://git.test/lib', 'https://git.test:8443/lib']) {
      expect(accessOfSubmodule(access, url).credentials).to.deep.equal({ ssh, caCertificate: 'c' });
    }
  });
});
