import { directoriesAbove, joinPath, type TreeFile } from '#core/gitops/file-tree.js';
import { AppError } from '#ports/errors.js';
import type { Git } from './run-git.js';

/** More than this is refused: files are held in memory. */
export interface TreeLimits {
  readonly maxFiles: number;
  readonly maxTreeBytes: number;
}

export interface ReadTree {
  readonly files: readonly TreeFile[];
  /** Those that the commit has, whatever is in them, and where its submodules belong. */
  readonly directories: readonly string[];
  /** Commits of other repositories in this one. */
  readonly submodules: readonly { readonly path: string; readonly commit: string }[];
  readonly commitObject: Uint8Array;
}

interface Entry {
  readonly mode: string;
  readonly hash: string;
  readonly size: number;
  readonly path: string;
}

/**
 * The files of a commit in lexical order, byte for byte as they are stored. Symbolic links are left out.
 * @param sparse - directories to keep; none keeps all.
 */
export async function readTree(
  git: Git,
  commit: string,
  sparse: readonly string[],
  limits: TreeLimits,
): Promise<ReadTree> {
  const listing = await git(['ls-tree', '-r', '-l', '-z', '--full-tree', commit], {
    maxOutputBytes: limits.maxFiles * 512,
  });
  const all = parseListing(listing.toString());
  checkSparse(all, sparse);
  const wanted = all.filter(({ path }) => isWanted(path, sparse));
  const submodules = wanted.filter(({ mode }) => mode === '160000');
  const blobs = wanted.filter(({ mode }) => mode.startsWith('100'));
  checkLimits(blobs, limits);
  const [commitObject = Buffer.alloc(0), ...contents] = await readObjects(git, commit, blobs);
  return {
    commitObject,
    files: blobs.map(({ path, mode }, i) => {
      return { path, content: contents[i] ?? Buffer.alloc(0), isExecutable: mode === '100755' };
    }),
    directories: [...directoriesAbove(wanted.map(({ path }) => path)), ...submodules.map(({ path }) => path)],
    submodules: submodules.map(({ path, hash }) => ({ path, commit: hash })),
  };
}

/** Lines of `<mode> <type> <hash> <size>\t<path>`, ended by NUL. */
function parseListing(listing: string): readonly Entry[] {
  return listing
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t');
      const [mode = '', , hash = '', size = '0'] = line.slice(0, tab).split(/ +/);
      const path = line.slice(tab + 1);
      if (joinPath('', path) !== path) {
        throw new AppError('GitInvalid', `the entry "${path}" of the repository leaves its tree`);
      }
      return { mode, hash, size: Number.parseInt(size, 10) || 0, path };
    });
}

function isWanted(path: string, sparse: readonly string[]): boolean {
  return sparse.length === 0 || sparse.some((one) => path === one || path.startsWith(`${one}/`));
}

function checkSparse(entries: readonly Entry[], sparse: readonly string[]): void {
  for (const directory of sparse) {
    if (entries.some(({ path }) => isWanted(path, [directory]))) continue;
    throw new AppError(
      'GitPathMissing',
      `failed to sparse checkout directories : sparse checkout dir '${directory}' does not exist in repository`,
    );
  }
}

function checkLimits(blobs: readonly Entry[], { maxFiles, maxTreeBytes }: TreeLimits): void {
  const hint = 'leave directories out with spec.sparseCheckout';
  if (blobs.length > maxFiles) {
    throw new AppError('GitInvalid', `the commit has more than ${maxFiles} files; ${hint}`);
  }
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  if (total <= maxTreeBytes) return;
  const mebibytes = Math.floor(maxTreeBytes / 1024 / 1024);
  throw new AppError('GitInvalid', `the files of the commit are larger than ${mebibytes} MiB; ${hint}`);
}

/** No commit with its message is larger. */
const maxCommitBytes = 1024 * 1024;

/** The commit, then the contents in their order: one process reads them all. */
async function readObjects(git: Git, commit: string, blobs: readonly Entry[]): Promise<readonly Buffer[]> {
  const hashes = [commit, ...blobs.map(({ hash }) => hash)];
  const total = blobs.reduce((sum, { size }) => sum + size + 128, maxCommitBytes);
  const input = hashes.map((hash) => `${hash}\n`).join('');
  const output = await git(['cat-file', '--batch'], { input, maxOutputBytes: total });
  const contents: Buffer[] = [];
  let at = 0;
  for (const hash of hashes) {
    const end = output.indexOf(0x0a, at);
    const [found, type, size = ''] = output.subarray(at, end).toString().split(' ');
    if (end < 0 || found !== hash || type !== (contents.length === 0 ? 'commit' : 'blob')) {
      throw new AppError('GitInvalid', `the object ${hash} of the repository could not be read`);
    }
    const start = end + 1;
    at = start + Number.parseInt(size, 10) + 1;
    contents.push(output.subarray(start, at - 1));
  }
  return contents;
}
