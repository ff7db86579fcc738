import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitRefs } from '#core/gitops/source/git/git-refs.js';
import { toAppError } from '#ports/errors.js';
import type { GitAccess, GitCheckout, GitRemote, GitWanted } from '#ports/git-remote.js';
import { fetchCommit, remoteUrl } from './fetch-commit.js';
import { makeGitHome, type SshAlgorithms } from './git-home.js';
import { readTree, type TreeLimits } from './read-tree.js';
import { runGit, type Git } from './run-git.js';
import { accessOfSubmodule, readSubmodules, tooDeep } from './submodules.js';

export interface GitCliOptions {
  /** Default `git`, looked up in PATH. */
  readonly binary?: string;
  /** Which algorithms ssh may use; default those of ssh. */
  readonly ssh?: SshAlgorithms;
  /** What is refused as too large. */
  readonly limits?: Partial<GitLimits>;
}

/** More than this of one repository is refused. */
export interface GitLimits extends TreeLimits {
  /** Bytes that may be received while one commit is fetched. */
  readonly maxPackBytes: number;
}

const mebibyte = 1024 * 1024;
/** What one repository may bring when nothing else is said. */
export const defaultLimits: GitLimits = {
  maxFiles: 250_000,
  maxTreeBytes: 512 * mebibyte,
  maxPackBytes: 1024 * mebibyte,
};

/**
 * The Git command line as {@link GitRemote}: no shell, an own environment, bounded time, output and size. Files are read
 * from the object database; nothing of a repository is ever checked out, so that no link, filter or hook of it can act.
 */
export function createGitCli(options: GitCliOptions = {}): GitRemote {
  const limits = { ...defaultLimits, ...options.limits };
  return {
    listRefs: (access) =>
      withGit(access, options, Date.now() + access.timeoutMs, async (git) => {
        const listing = await git(['ls-remote', '--quiet', '--', remoteUrl(access)]);
        return parseRefs(listing.toString());
      }),
    fetch: (access, wanted) => {
      const deadline = Date.now() + access.timeoutMs;
      return fetchWithModules({ options, limits, deadline, depth: 0 }, access, wanted);
    },
  };
}

/** One operation and what is left to it. */
interface Operation {
  readonly options: GitCliOptions;
  readonly limits: GitLimits;
  readonly deadline: number;
  readonly depth: number;
}

async function fetchWithModules(
  operation: Operation,
  access: GitAccess,
  wanted: GitWanted,
): Promise<GitCheckout> {
  const { options, limits, deadline, depth } = operation;
  return withGit(access, options, deadline, async (git, home) => {
    const directory = join(home, 'repository.git');
    await makeBare(directory, wanted.commit);
    const inside: Git = (args, more) => git(['-C', directory, ...args], more);
    const watched = { directory, maxBytes: limits.maxPackBytes };
    const found = await fetchCommit((args) => inside(args, { watched }), access, wanted);
    const tree = await readTree(inside, found.commit, wanted.sparseDirectories, limits);
    const { commitObject } = tree;
    const base = { ...found, subject: subjectOf(commitObject), commitObject };
    if (!wanted.recurseSubmodules || tree.submodules.length === 0) {
      return { ...base, files: tree.files, directories: tree.directories };
    }
    if (depth > 8) throw tooDeep(access.url);
    const files = [...tree.files];
    const directories = [...tree.directories];
    for (const module of await readSubmodules(inside, found.commit, tree.submodules, access.url)) {
      const inner = await fetchWithModules(
        { ...operation, depth: depth + 1 },
        accessOfSubmodule(access, module.url),
        { commit: module.commit, recurseSubmodules: true, sparseDirectories: [] },
      );
      files.push(...inner.files.map((file) => ({ ...file, path: `${module.path}/${file.path}` })));
      directories.push(...(inner.directories ?? []).map((path) => `${module.path}/${path}`));
    }
    return { ...base, files, directories };
  });
}

/** Runs work with git in a home of its own, which is gone afterwards. */
export async function withGit<T>(
  access: GitAccess,
  { binary = 'git', ssh = {} }: GitCliOptions,
  deadline: number,
  work: (git: Git, home: string) => Promise<T>,
): Promise<T> {
  const home = await makeGitHome(access, ssh);
  const { timeoutMs, url } = access;
  try {
    return await work(
      (args, more = {}) =>
        runGit({ binary, home, args, directory: home.directory, timeoutMs, deadline, url, ...more }),
      home.directory,
    );
  } catch (thrown) {
    throw toAppError(thrown);
  } finally {
    await home.dispose();
  }
}

/** An empty repository as `git init --bare` makes it, for hashes of the kind of this commit. */
export async function makeBare(directory: string, commit: string): Promise<void> {
  for (const folder of ['objects', 'refs']) await mkdir(join(directory, folder), { recursive: true });
  const isSha256 = commit.length === 64;
  const format = `[core]\n\tbare = true\n\trepositoryformatversion = ${isSha256 ? 1 : 0}\n`;
  const extension = isSha256 ? '[extensions]\n\tobjectformat = sha256\n' : '';
  await writeFile(join(directory, 'config'), format + extension);
  await writeFile(join(directory, 'HEAD'), 'ref: refs/heads/none\n');
}

/** The first paragraph of the message in one line, as `git log --format=%s` prints it. */
function subjectOf(commitObject: Uint8Array): string {
  const text = Buffer.from(commitObject).toString();
  const end = text.indexOf('\n\n');
  const message = end < 0 ? '' : text.slice(end).trimStart();
  return (message.split(/\n\s*\n/)[0] ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** Reads the output of `ls-remote`; a peeled tag (`^{}`) takes the place of the tag object. */
function parseRefs(output: string): GitRefs {
  const refs: Record<string, string> = {};
  for (const line of output.split('\n')) {
    const [hash, ref] = line.split('\t');
    if (hash === undefined || ref === undefined) continue;
    refs[ref.replace(/\^\{\}$/, '')] = hash;
  }
  return { refs };
}
