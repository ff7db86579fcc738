import { createServer, request, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { expect } from 'chai';
import type { GitAccess, GitCredentials } from '#ports/git-remote.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { GitRepos } from '#test/fakes/git-repo.js';
import { failure } from '#test/fakes/failure.js';
import { createGitCli, type GitLimits } from './git-cli.js';

describe('git and what can go wrong with a repository', () => {
  let repos: GitRepos;
  let server: GitServer;

  before(async () => {
    repos = new GitRepos();
    server = await serveGit(repos.directory);
  });
  after(async () => {
    await server.close();
    repos.remove();
  });

  const at = (repository: string, credentials: GitCredentials = {}): GitAccess => {
    return { url: `${server.url}/${repository}`, credentials, timeoutMs: 10_000 };
  };
  const fetch = (repository: string, commit: string, limits: Partial<GitLimits> = {}) =>
    createGitCli({ limits }).fetch(at(repository), {
      commit,
      recurseSubmodules: false,
      sparseDirectories: [],
    });

  it('refuses more files, and larger ones, than are allowed', async () => {
    repos.init('large');
    const commit = repos.commit('large', { a: 'x'.repeat(2_000_000), b: '', c: '' });
    expect((await failure(fetch('large', commit, { maxFiles: 2 }))).message).to.equal(
      'the commit has more than 2 files; leave directories out with spec.sparseCheckout',
    );
    const error = await failure(fetch('large', commit, { maxTreeBytes: 1024 * 1024 }));
    expect(error.code).to.equal('GitInvalid');
    expect(error.message).to.equal(
      'the files of the commit are larger than 1 MiB; leave directories out with spec.sparseCheckout',
    );
  });

  it('gives up on a server that never answers after the time of the spec', async () => {
    const silent = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const access = { url: `http://127.0.0.1:${port}/app`, credentials: {}, timeoutMs: 300 };
    const error = await failure(createGitCli().listRefs(access));
    expect(error.message).to.equal(
      `'http://127.0.0.1:${port}/app' did not answer within 0.3s (spec.timeout)`,
    );
    silent.close();
  });

  it('refuses a tree whose entries would leave it, and leaves links out', async () => {
    repos.init('evil');
    const blob = repos.git('evil', ['hash-object', '-w', '--stdin'], 'x');
    const inner = repos.git('evil', ['mktree'], `100644 blob ${blob}\tx\n`);
    const raw = Buffer.concat([Buffer.from('40000 ..\0'), Buffer.from(inner, 'hex')]);
    const literally = ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'];
    const tree = repos.git('evil', literally, raw);
    const bad = repos.git('evil', ['commit-tree', tree, '-m', 'evil']);
    repos.git('evil', ['update-ref', 'refs/heads/main', bad]);
    const error = await failure(fetch('evil', bad));
    expect(error.message).to.equal('the entry "../x" of the repository leaves its tree');
    repos.init('links');
    const link = repos.git('links', ['hash-object', '-w', '--stdin'], '/etc/passwd');
    repos.git('links', ['update-index', '--add', '--cacheinfo', `120000,${link},passwd`]);
    const commit = repos.commit('links', { 'a.yaml': '1' });
    const { files } = await fetch('links', commit);
    expect(files.map(({ path }) => path)).to.not.include('passwd');
  });

  it('keeps a commit that a force-push took off its branch, and names a ref that was deleted', async () => {
    repos.init('moved');
    const lost = repos.commit('moved', { a: '1' });
    repos.git('moved', ['commit', '--quiet', '--amend', '-m', 'other']);
    repos.git('moved', ['tag', 'v1']);
    const git = createGitCli();
    const wanted = { recurseSubmodules: false, sparseDirectories: [] };
    const { commit } = await git.fetch(at('moved'), { ...wanted, ref: 'refs/heads/main', commit: lost });
    expect(commit).to.equal(lost);
    const head = repos.git('moved', ['rev-parse', 'HEAD']);
    repos.git('moved', ['tag', '-d', 'v1']);
    const error = await failure(git.fetch(at('moved'), { ...wanted, ref: 'refs/tags/v1', commit: head }));
    expect(error.code).to.equal('GitRefMissing');
  });

  it('reads files as they are stored: no filter, no line ends, no export rules of the repository act', async () => {
    repos.init('raw');
    const attributes = '* text eol=crlf\nhidden export-ignore\nrun filter=evil\n';
    const commit = repos.commit('raw', { '.gitattributes': attributes, hidden: '1\n', run: 'a\n' });
    const { files } = await fetch('raw', commit);
    const texts = files.map(({ path, content }) => [path, Buffer.from(content).toString()]);
    expect(texts).to.deep.equal([
      ['.gitattributes', attributes],
      ['hidden', '1\n'],
      ['run', 'a\n'],
    ]);
  });

  it('reads a repository whose hashes are SHA-256', async () => {
    repos.git('wide', ['init', '--quiet', '--initial-branch=main', '--object-format=sha256']);
    const commit = repos.commit('wide', { 'a.yaml': '1' }, 'two\nlines');
    expect(commit).to.have.length(64);
    expect((await createGitCli().listRefs(at('wide'))).refs['refs/heads/main']).to.equal(commit);
    const { files, subject } = await fetch('wide', commit);
    expect(files.map(({ path }) => path)).to.deep.equal(['a.yaml']);
    expect(subject).to.equal('two lines');
  });

  describe('over HTTP', () => {
    let front: Server;
    let socks: TcpServer;
    const seen: { url: string; authorization?: string; proxy?: string }[] = [];
    const portOf = (of: Server | TcpServer): number => (of.address() as { port: number }).port;
    let head: string;

    before(async () => {
      repos.init('web');
      head = repos.commit('web', { a: '1' });
      // A proxy for whole URLs, and a server that only lets a token in.
      front = createServer((incoming, response) => {
        const { authorization, 'proxy-authorization': proxy } = incoming.headers;
        seen.push({
          url: incoming.url ?? '',
          ...(authorization === undefined ? {} : { authorization }),
          ...(proxy === undefined ? {} : { proxy }),
        });
        const isProxied = incoming.url?.startsWith('http') === true;
        if (!isProxied && authorization !== 'Bearer t0ken') return void response.writeHead(401).end();
        if (isProxied && proxy !== `Basic ${Buffer.from('p:w').toString('base64')}`) {
          return void response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end();
        }
        const url = new URL(incoming.url ?? '/', server.url);
        const target = new URL(`${url.pathname}${url.search}`, server.url);
        const onward = request(
          target,
          { method: incoming.method ?? 'GET', headers: incoming.headers },
          (answer) => {
            response.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(response);
          },
        );
        incoming.pipe(onward);
      });
      // As much of SOCKS5 as a client without a login needs.
      socks = createTcpServer((client) => {
        client.once('data', () => {
          client.write(Buffer.from([5, 0]));
          client.once('data', (wanted) => {
            const port = wanted.readUInt16BE(wanted.length - 2);
            const onward = connect(port, '127.0.0.1', () => {
              client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
              client.pipe(onward).pipe(client);
            });
            onward.on('error', () => client.destroy());
          });
        });
        client.on('error', () => undefined);
      });
      for (const each of [front, socks]) {
        await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
      }
    });
    after(() => {
      front.close();
      front.closeAllConnections();
      socks.close();
    });

    it('sends a bearer token to the host of the URL', async () => {
      const url = `http://127.0.0.1:${portOf(front)}/web`;
      const { refs } = await createGitCli().listRefs({
        url,
        credentials: { bearerToken: 't0ken' },
        timeoutMs: 10_000,
      });
      expect(refs['refs/heads/main']).to.equal(head);
      const error = await failure(
        createGitCli().listRefs({ url, credentials: { bearerToken: 'wr0ng' }, timeoutMs: 10_000 }),
      );
      expect(error.code).to.equal('GitDenied');
      expect(error.message).to.not.include('wr0ng');
    });

    it('goes through a proxy with its login', async () => {
      const proxy = { address: `http://127.0.0.1:${portOf(front)}`, username: 'p', password: 'w' };
      const { refs } = await createGitCli().listRefs(at('web', { proxy }));
      expect(refs['refs/heads/main']).to.equal(head);
      expect(seen.at(-1)?.url).to.match(new RegExp(`^${server.url}/web/`));
      const error = await failure(
        createGitCli().listRefs(at('web', { proxy: { ...proxy, password: 'wr0ng' } })),
      );
      expect(error.message).to.match(/407/).and.not.to.include('wr0ng');
    });

    it('goes through a SOCKS5 proxy', async () => {
      const proxy = { address: `socks5://127.0.0.1:${portOf(socks)}` };
      const { refs } = await createGitCli().listRefs(at('web', { proxy }));
      expect(refs['refs/heads/main']).to.equal(head);
    });
  });
});
