import { join } from 'node:path';
import type { GitRefs } from '#core/gitops/source/git-refs.js';
import { AppError, toAppError } from '#ports/errors.js';
import type { GitAccess, GitCheckout, GitRemote, GitWanted } from '#ports/git-remote.js';
import { makeGitHome, type GitHome } from './git-home.js';
import { readCheckout } from './read-checkout.js';
import { runGit } from './run-git.js';

export interface GitCliOptions {
  /** Default `git`, looked up in PATH. */
  readonly binary?: string;
}

/** The Git command line as {@link GitRemote}: no shell, an own environment, bounded time and output. */
export function createGitCli(options: GitCliOptions = {}): GitRemote {
  const binary = options.binary ?? 'git';
  return {
    listRefs: (access) =>
      withHome(access, async (git) =>
        parseRefs(await git(['ls-remote', '--quiet', '--', remoteUrl(access)])),
      ),
    fetch: (access, wanted) =>
      withHome(access, async (git, home) => {
        const directory = join(home.directory, 'work');
        await git(['init', '--quiet', '--template=', directory]);
        const inWork: Git = (args) => git(['-C', directory, ...args]);
        const commit = await fetchCommit(inWork, remoteUrl(access), wanted);
        return checkOut(inWork, directory, commit, wanted);
      }),
  };

  async function withHome<T>(access: GitAccess, work: (git: Git, home: GitHome) => Promise<T>): Promise<T> {
    const home = await makeGitHome(access);
    const { timeoutMs, url } = access;
    try {
      return await work(
        (args) => runGit({ binary, home, args, directory: home.directory, timeoutMs, url }),
        home,
      );
    } catch (thrown) {
      throw toAppError(thrown);
    } finally {
      await home.dispose();
    }
  }
}

type Git = (args: readonly string[]) => Promise<string>;

/** Fetches as little as possible and returns the commit; `git` runs in an empty repository. */
async function fetchCommit(git: Git, url: string, { commit, ref }: GitWanted): Promise<string> {
  const shallow = ['fetch', '--quiet', '--no-tags', '--depth=1', '--', url];
  const headOf = async () => (await git(['rev-parse', '--verify', '--quiet', 'FETCH_HEAD^{commit}'])).trim();
  if (ref !== undefined) {
    await git([...shallow, ref]);
    const head = await headOf();
    if (commit === undefined || head === commit) return head;
  }
  if (commit === undefined)
    throw new AppError('GitInvalid', `'${url}': neither a ref nor a commit is asked for`);
  try {
    await git([...shallow, commit]);
  } catch (thrown) {
    // A server may refuse to serve a commit by its hash: then the whole history has it, or nobody.
    if (!(thrown instanceof AppError) || thrown.class === 'Denied' || thrown.code === 'ToolMissing')
      throw thrown;
    const all = ref ?? '+refs/heads/*:refs/remotes/origin/*';
    await git(['fetch', '--quiet', '--tags', '--update-shallow', ...unshallow(ref), '--', url, all]);
  }
  return (await git(['rev-parse', '--verify', '--quiet', `${commit}^{commit}`])).trim();
}

function unshallow(ref: string | undefined): readonly string[] {
  return ref === undefined ? [] : ['--unshallow'];
}

async function checkOut(
  git: Git,
  directory: string,
  commit: string,
  wanted: GitWanted,
): Promise<GitCheckout> {
  if (wanted.sparseDirectories.length > 0) {
    await git(['sparse-checkout', 'set', '--cone', ...wanted.sparseDirectories]);
  }
  await git(['checkout', '--quiet', '--force', '--detach', commit]);
  if (wanted.recurseSubmodules) {
    await git(['submodule', '--quiet', 'update', '--init', '--recursive', '--depth=1']);
  }
  const subject = (await git(['log', '-1', '--format=%s', commit])).trim();
  return { commit, subject, files: await readCheckout(directory) };
}

/** An ssh URL without a user means `git`, as in the peer. */
function remoteUrl({ url }: GitAccess): string {
  return url.replace(/^ssh:\/\/(?![^/]*@)/, 'ssh://git@');
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
