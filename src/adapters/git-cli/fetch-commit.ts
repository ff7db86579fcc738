import { AppError } from '#ports/errors.js';
import type { GitAccess, GitCheckout, GitWanted } from '#ports/git-remote.js';
import type { Git } from './run-git.js';

type Found = Pick<GitCheckout, 'commit' | 'tagObject'>;

/** Fetches as little as possible of one commit into the empty repository that `git` runs in. */
export async function fetchCommit(git: Git, access: GitAccess, { commit, ref }: GitWanted): Promise<Found> {
  const url = remoteUrl(access);
  const shallow = ['fetch', '--quiet', '--no-tags', '--depth=1', '--', url];
  const parse = async (name: string) =>
    (await git(['rev-parse', '--verify', '--quiet', name])).toString().trim();
  if (ref !== undefined) {
    await git([...shallow, ref]);
    const tagObject = ref.startsWith('refs/tags/') ? await readTag(git) : undefined;
    if ((await parse('FETCH_HEAD^{commit}')) === commit) {
      return { commit, ...(tagObject === undefined ? {} : { tagObject }) };
    }
  }
  try {
    await git([...shallow, commit]);
  } catch (thrown) {
    // A server may refuse to serve a commit by its hash: then the whole history has it, or nobody.
    if (!(thrown instanceof AppError) || !canBeInHistory(thrown)) throw thrown;
    const all = ref ?? '+refs/heads/*:refs/remotes/origin/*';
    const depth = ref === undefined ? [] : ['--unshallow'];
    await git(['fetch', '--quiet', '--tags', '--update-shallow', ...depth, '--', url, all]);
  }
  return { commit: await parse(`${commit}^{commit}`).catch(() => notThere(commit)) };
}

function notThere(commit: string): never {
  throw new AppError('GitRefMissing', `unable to resolve commit object for '${commit}': object not found`);
}

/** An ssh URL without a user means `git`, as in the peer. */
export function remoteUrl({ url }: GitAccess): string {
  return url.replace(/^ssh:\/\/(?![^/]*@)/, 'ssh://git@');
}

function canBeInHistory({ code }: AppError): boolean {
  return code === 'GitRefMissing' || code === 'GitUnreachable';
}

/** The annotated tag that was fetched; `undefined` for a tag that is but a name of a commit. */
async function readTag(git: Git): Promise<Found['tagObject']> {
  const hash = (await git(['rev-parse', '--verify', '--quiet', 'FETCH_HEAD'])).toString().trim();
  const type = (await git(['cat-file', '-t', hash])).toString().trim();
  return type === 'tag' ? { hash, content: await git(['cat-file', 'tag', hash]) } : undefined;
}
