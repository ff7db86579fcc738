import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';

const run = promisify(execFile);

/** A Git repository on disk that is served over HTTP on loopback. */
export interface DemoRepository {
  /** What a GitRepository names. */
  readonly url: string;
  /** Replaces the image tag in every manifest and commits. @returns the short hash. */
  setImageTag(tag: string, message: string): Promise<string>;
  /** Changes texts of one file and commits. @returns the full hash. */
  edit(
    file: string,
    changes: readonly (readonly [from: string, to: string])[],
    message: string,
  ): Promise<string>;
  /** Reverts the newest commit. @returns the short hash. */
  revertLast(): Promise<string>;
  close(): Promise<void>;
}

/** Makes a repository whose first commit holds the files of `source`, and serves it. */
export async function createRepository(source: string, folder: string): Promise<DemoRepository> {
  const work = join(folder, 'git', 'shop');
  await mkdir(work, { recursive: true });
  await cp(source, work, { recursive: true });
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('git', [...args], { cwd: work, env: gitEnvironment(folder) });
    return stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'shop: first version');
  const server: GitServer = await serveGit(join(folder, 'git'));
  return {
    url: `${server.url}/shop/.git`,
    setImageTag: async (tag, message) => {
      await setTag(work, tag);
      await git('commit', '--quiet', '--all', '--message', message);
      return git('rev-parse', '--short', 'HEAD');
    },
    edit: async (file, changes, message) => {
      const text = await readFile(join(work, file), 'utf8');
      await writeFile(
        join(work, file),
        changes.reduce((now, [from, to]) => now.replace(from, to), text),
      );
      await git('commit', '--quiet', '--all', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    revertLast: async () => {
      await git('revert', '--no-edit', 'HEAD');
      return git('rev-parse', '--short', 'HEAD');
    },
    close: () => server.close(),
  };
}

async function setTag(work: string, tag: string): Promise<void> {
  for (const name of await readdir(work)) {
    if (!name.endsWith('.yaml')) continue;
    const text = await readFile(join(work, name), 'utf8');
    const next = text.replaceAll(/(image: sluice\.dev\/shop):\S+/g, `$1:${tag}`);
    if (next !== text) await writeFile(join(work, name), next);
  }
}

/** Nothing of the user's Git configuration, hooks or signing keys takes part. */
function gitEnvironment(folder: string): NodeJS.ProcessEnv {
  const who = { NAME: 'Demo', EMAIL: 'demo@shop.example' };
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: who.NAME,
    GIT_AUTHOR_EMAIL: who.EMAIL,
    GIT_COMMITTER_NAME: who.NAME,
    GIT_COMMITTER_EMAIL: who.EMAIL,
  };
}
