import type { Instant } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import type { GitRevert } from '#ports/git-history.js';
import type { Git } from './run-git.js';

/** Who makes the commits of reverts. */
const committer = 'Sluice <sluice@localhost>';

/**
 * Takes commits back in the object database alone: a commit is reverted by a merge between what is there and a commit
 * behind it that has the files from before it.
 */
export async function makeRevert(git: Git, { parents, commits, message, at }: GitRevert): Promise<string> {
  const [first = '', second] = parents;
  let tip = second ?? first;
  for (const sha of commits) {
    const before = await commit(git, `${sha}^1`, [sha], 'before', at);
    tip = await commit(git, await merge(git, tip, before), [tip], 'without', at);
  }
  // What both sides took back in the same way is no conflict.
  const files = second === undefined ? tip : await merge(git, first, tip);
  return commit(git, files, parents, message, at);
}

/** The tree of a merge. */
async function merge(git: Git, ours: string, theirs: string): Promise<string> {
  try {
    const output = await git(['merge-tree', '--write-tree', ours, theirs]);
    return output.toString().split('\n')[0] ?? '';
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'ToolMissing') throw thrown;
    const why = 'what was committed since stands in the way of the revert';
    throw new AppError('GitInvalid', why, { cause: thrown });
  }
}

/** Stores a commit with the files of another commit or tree. */
async function commit(
  git: Git,
  files: string,
  parents: readonly string[],
  message: string,
  at: Instant,
): Promise<string> {
  const tree = (await git(['rev-parse', '--verify', '--quiet', `${files}^{tree}`])).toString().trim();
  const who = `${committer} ${Math.floor(at / 1000)} +0000`;
  const head = [
    `tree ${tree}`,
    ...parents.map((sha) => `parent ${sha}`),
    `author ${who}`,
    `committer ${who}`,
  ];
  const input = `${head.join('\n')}\n\n${message}`;
  return (await git(['hash-object', '-t', 'commit', '-w', '--stdin'], { input })).toString().trim();
}
