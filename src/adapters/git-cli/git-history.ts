import { join } from 'node:path';
import { AppError } from '#ports/errors.js';
import type { GitClone, GitCommit, GitHistory } from '#ports/git-history.js';
import type { GitAccess } from '#ports/git-remote.js';
import { remoteUrl } from './fetch-commit.js';
import { defaultLimits, type GitCliOptions, makeBare, withGit } from './git-cli.js';
import { makeRevert } from './make-revert.js';
import { readTree } from './read-tree.js';
import type { Git } from './run-git.js';

/** So much of the history of a branch is fetched. */
const depth = 100;

/** The Git command line as {@link GitHistory}; like all of it without a checkout, a shell or the machine's settings. */
export function createGitHistory(options: GitCliOptions = {}): GitHistory {
  const limits = { ...defaultLimits, ...options.limits };
  return {
    open: (access, branches, work) =>
      withGit(access, options, Date.now() + access.timeoutMs, async (git, home) => {
        const url = remoteUrl(access);
        const heads = await readHeads(git, url, branches);
        const directory = join(home, 'history.git');
        await makeBare(directory, Object.values(heads)[0] ?? '');
        const inside: Git = (args, more) => git(['-C', directory, ...args], more);
        const watched = { directory, maxBytes: limits.maxPackBytes };
        const refs = Object.keys(heads).map((branch) => `+refs/heads/${branch}:refs/heads/${branch}`);
        if (refs.length > 0)
          await inside(['fetch', '--quiet', '--no-tags', `--depth=${depth}`, '--', url, ...refs], {
            watched,
          });
        return work({
          ...readingOf(inside),
          head: (branch) => heads[branch],
          files: async (commit) => (await readTree(inside, commit, [], limits)).files,
          revert: (wanted) => makeRevert(inside, wanted),
          push: (commit, branch) => push(inside, access, commit, branch),
        });
      }),
  };
}

async function readHeads(
  git: Git,
  url: string,
  branches: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const refs = branches.map((branch) => `refs/heads/${branch}`);
  const listing = (await git(['ls-remote', '--quiet', '--', url, ...refs])).toString();
  const found = listing.split('\n').flatMap((line) => {
    const [sha = '', ref = ''] = line.split('\t');
    // A pattern of ls-remote also finds refs that end like it.
    return refs.includes(ref) ? [[ref.slice('refs/heads/'.length), sha] as const] : [];
  });
  return Object.fromEntries(found);
}

function readingOf(git: Git): Pick<GitClone, 'log' | 'contains'> {
  return {
    log: async (commit, most) => {
      const format = ['%H', '%P', '%an <%ae>', '%aI', '%s', '%B'].join('%x00');
      const args = ['log', '-z', '--first-parent', `--format=${format}%x00`, '-n', String(most), commit];
      return parseLog((await git(args)).toString());
    },
    contains: async (newer, older) =>
      (await git(['rev-list', '-n', '1', older, `^${newer}`])).toString().trim() === '',
  };
}

/** Six fields for each commit, each ended by NUL; `-z` puts one more between commits. */
function parseLog(text: string): readonly GitCommit[] {
  const fields = text.split('\0');
  const commits: GitCommit[] = [];
  for (let at = 0; at + 5 < fields.length; at += 7) {
    const [sha = '', parents = '', author = '', date = '', subject = '', message = ''] = fields.slice(at);
    commits.push({ sha, isMerge: parents.includes(' '), author, date, subject, message });
  }
  return commits;
}

async function push(git: Git, access: GitAccess, commit: string, branch: string): Promise<void> {
  try {
    await git(['push', '--quiet', '--', remoteUrl(access), `${commit}:refs/heads/${branch}`]);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const hasMoved = /fetch first|non-fast-forward|stale info|cannot lock ref/i.test(thrown.message);
    const message = thrown.message.replace('unable to clone', `unable to push ${branch} to`);
    throw new AppError(hasMoved ? 'GitRefMissing' : thrown.code, message, { cause: thrown });
  }
}
