import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { GitAccess } from '#ports/git-remote.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { failure } from '#test/fakes/failure.js';
import { createGitCli } from './git-cli.js';

const login = { username: 'robot', password: 'p@ss/w:rd' };
const wanted = { recurseSubmodules: false, sparseDirectories: [] };

describe('git command line', () => {
  const git = createGitCli();
  let directory: string;
  let server: GitServer;
  let guarded: GitServer;
  let first: string;
  let second: string;

  const run = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: join(directory, 'app.git'),
      env: {
        PATH: process.env['PATH'],
        HOME: directory,
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@b.c',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@b.c',
      },
    })
      .toString()
      .trim();
  const put = (path: string, text: string) => {
    const full = join(directory, 'app.git', path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  };
  const at = (base: GitServer, path = 'app.git', credentials = {}): GitAccess => {
    return { url: `${base.url}/${path}`, credentials, timeoutMs: 10_000 };
  };

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-test-git-'));
    mkdirSync(join(directory, 'app.git'));
    run('init', '--quiet', '--initial-branch=main');
    put('deploy/app.yaml', 'a: 1\n');
    put('docs/readme.md', 'text\n');
    symlinkSync('/etc/passwd', join(directory, 'app.git', 'link'));
    run('add', '.');
    run('commit', '--quiet', '-m', 'first commit');
    first = run('rev-parse', 'HEAD');
    run('tag', '-a', 'v1.0.0', '-m', 'one');
    put('deploy/app.yaml', 'a: 2\n');
    run('commit', '--quiet', '-am', 'second commit');
    second = run('rev-parse', 'HEAD');
    server = await serveGit(directory);
    guarded = await serveGit(directory, { login });
  });
  after(async () => {
    await server.close();
    await guarded.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('lists refs, annotated tags as their commit', async () => {
    const { refs } = await git.listRefs(at(server));
    expect(refs).to.include({ 'refs/heads/main': second, 'refs/tags/v1.0.0': first });
  });

  it('fetches a branch without its history, without links', async () => {
    const checkout = await git.fetch(at(server), { ...wanted, ref: 'refs/heads/main', commit: second });
    expect(checkout.commit).to.equal(second);
    expect(checkout.subject).to.equal('second commit');
    expect(checkout.files.map(({ path }) => path)).to.deep.equal(['deploy/app.yaml', 'docs/readme.md']);
  });

  it('fetches an older commit by its hash, with and without its branch', async () => {
    for (const ref of [{ ref: 'refs/heads/main' }, {}]) {
      const checkout = await git.fetch(at(server), { ...wanted, ...ref, commit: first });
      expect(new TextDecoder().decode(checkout.files[0]?.content)).to.equal('a: 1\n');
    }
  });

  it('says that a commit is not there', async () => {
    const error = await failure(git.fetch(at(server), { ...wanted, commit: 'deadbeef'.repeat(5) }));
    expect(error).to.include({
      code: 'GitRefMissing',
      message: `unable to resolve commit object for '${'deadbeef'.repeat(5)}': object not found`,
    });
  });

  it('checks out only the directories that are asked for', async () => {
    const sparse = { ...wanted, ref: 'refs/heads/main', commit: second, sparseDirectories: ['deploy'] };
    const checkout = await git.fetch(at(server), sparse);
    expect(checkout.files.map(({ path }) => path)).to.deep.equal(['deploy/app.yaml']);
    expect(checkout.directories).to.deep.equal(['deploy']);
  });

  it('logs in with a password of special characters', async () => {
    const { refs } = await git.listRefs(at(guarded, 'app.git', { basic: login }));
    expect(refs['refs/heads/main']).to.equal(second);
  });

  it('says that the login was refused, without the password', async () => {
    const basic = { username: 'robot', password: 'wr0ng-secret' };
    const error = await failure(git.listRefs(at(guarded, 'app.git', { basic })));
    expect(error.code).to.equal('GitDenied');
    expect(error.message)
      .to.match(/Authentication failed/)
      .and.not.to.match(/wr0ng-secret/);
    expect((await failure(git.listRefs(at(guarded)))).code).to.equal('GitDenied');
  });

  it('tells what else can go wrong', async () => {
    const nowhere = { url: 'http://127.0.0.1:9/app.git', credentials: {}, timeoutMs: 5_000 };
    expect((await failure(git.listRefs(nowhere))).code).to.equal('GitUnreachable');
    expect((await failure(git.listRefs(at(server, 'other.git')))).code).to.equal('GitUnreachable');
    const absent = { ...wanted, ref: 'refs/heads/absent', commit: second };
    expect((await failure(git.fetch(at(server), absent))).code).to.equal('GitRefMissing');
    const missing = createGitCli({ binary: '/nonexistent/git' });
    expect(await failure(missing.listRefs(at(server)))).to.include({ code: 'ToolMissing' });
    const local = { url: `file://${directory}/app.git`, credentials: {}, timeoutMs: 5_000 };
    expect((await failure(git.listRefs(local))).message).to.match(/not allowed/);
  });
});
