import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type FileTree, treeOf } from '#core/gitops/file-tree.js';
import { AppError } from '#ports/errors.js';

const skipped = new Set(['.git', 'node_modules']);
const mostBytes = 256 * 1024 * 1024;

/** The regular files below a folder, `.git` left out. Throws ConfigInvalid when there is no such folder. */
export async function readTree(folder: string): Promise<FileTree> {
  const files: { path: string; content: Uint8Array; isExecutable: boolean }[] = [];
  let bytes = 0;
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(below, { withFileTypes: true })) {
      const path = join(below, entry.name);
      if (entry.isDirectory() && !skipped.has(entry.name)) await walk(path);
      if (!entry.isFile()) continue;
      const { mode, size } = await lstat(path);
      bytes += size;
      if (bytes > mostBytes) throw new AppError('ConfigInvalid', `${folder}: more than 256 MiB of files`);
      const content = await readFile(path);
      files.push({
        path: relative(folder, path).split(sep).join('/'),
        content,
        isExecutable: (mode & 0o111) !== 0,
      });
    }
  };
  try {
    await walk(folder);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError('ConfigInvalid', `${folder}: cannot be read: ${why}`, { cause: thrown });
  }
  return treeOf(files.sort((a, b) => (a.path < b.path ? -1 : 1)));
}
