import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { directoriesAbove, joinPath, treeOf, type FileTree, type TreeFile } from '#core/gitops/file-tree.js';
import { AppError } from '#ports/errors.js';

const maxUnpackedBytes = 512 * 1024 * 1024;
const epoch = new Date(0);

/**
 * The normal form of a source: lexical order from `.` on, no owners, no times, 0600 files, 0700 programs, 0750 directories;
 * so equal trees give equal bytes.
 * @param directories - those that are in it, empty or not.
 */
export async function packTree(
  files: readonly TreeFile[],
  directories: readonly string[] = directoriesAbove(files.map(({ path }) => path)),
): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  const ended = (async () => {
    for await (const chunk of tar) chunks.push(toBuffer(chunk));
  })();
  const common = { uid: 0, gid: 0, uname: '', gname: '', mtime: epoch };
  for (const entry of entriesOf(files, directories)) {
    if (entry.content === undefined) {
      tar.entry({ ...common, name: entry.path, type: 'directory', mode: 0o750 });
    } else {
      const mode = entry.isExecutable ? 0o700 : 0o600;
      tar.entry(
        { ...common, name: entry.path, mode, size: entry.content.length },
        Buffer.from(entry.content),
      );
    }
  }
  tar.finalize();
  await ended;
  return promisify(gzip)(Buffer.concat(chunks), { level: 6 });
}

/** The files of a tarball. An entry that leaves the tree, a link (unless links are skipped) or a bomb is an error. */
export async function unpackTree(
  tarball: Buffer,
  { skipsLinks = false }: { readonly skipsLinks?: boolean } = {},
): Promise<FileTree> {
  const tar = await unzip(tarball);
  const files: TreeFile[] = [];
  const reader = extract();
  reader.end(tar);
  try {
    for await (const entry of reader) {
      const { name, type, mode } = entry.header;
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(toBuffer(chunk));
      const path = joinPath('', name);
      if (path === undefined) throw corrupt(`the entry "${name}" leaves the tree`);
      if (!skipsLinks && (type === 'symlink' || type === 'link'))
        throw corrupt(`the entry "${name}" is a link`);
      if (type !== 'file') continue;
      files.push({ path, content: Buffer.concat(chunks), isExecutable: (mode & 0o100) !== 0 });
    }
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw corrupt('it is no tar file', thrown);
  }
  return treeOf(files);
}

async function unzip(tarball: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(tarball, { maxOutputLength: maxUnpackedBytes });
  } catch (thrown) {
    throw corrupt(`it is no gzip file of at most ${maxUnpackedBytes / 1024 / 1024} MiB`, thrown);
  }
}

function corrupt(why: string, cause?: unknown): AppError {
  return new AppError('ArtifactCorrupt', `artifact: ${why}`, { cause });
}

interface Entry {
  readonly path: string;
  /** Absent for a directory. */
  readonly content?: Uint8Array;
  readonly isExecutable?: boolean;
}

function entriesOf(files: readonly TreeFile[], directories: readonly string[]): readonly Entry[] {
  const entries: Entry[] = [...directories.map((path) => ({ path })), ...files];
  return [{ path: '.' }, ...entries.sort((a, b) => comparePaths(a.path, b.path))];
}

/** Depth first, names in byte order: as a walk of the directories goes. */
function comparePaths(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  const at = left.findIndex((part, i) => part !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at] ?? '') < (right[at] ?? '') ? -1 : 1;
}

function toBuffer(chunk: unknown): Buffer {
  if (!(chunk instanceof Uint8Array)) throw corrupt('its stream holds something else than bytes');
  return Buffer.from(chunk);
}
