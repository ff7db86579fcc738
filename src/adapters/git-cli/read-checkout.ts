import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeFile } from '#core/gitops/file-tree.js';
import { AppError } from '#ports/errors.js';

/** A checkout larger than this is refused: it would be held in memory. */
const maxTotalBytes = 512 * 1024 * 1024;

/** The regular files of a checkout in lexical order. Symbolic links, special files and `.git` are left out. */
export async function readCheckout(root: string): Promise<readonly TreeFile[]> {
  const files: TreeFile[] = [];
  let total = 0;
  const walk = async (relative: string): Promise<void> => {
    const entries = await readdir(join(root, relative), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.name === '.git') continue;
      if (entry.isDirectory()) await walk(path);
      if (!entry.isFile()) continue;
      const { mode, size } = await lstat(join(root, path));
      total += size;
      if (total > maxTotalBytes) throw tooLarge();
      files.push({ path, content: await readFile(join(root, path)), isExecutable: (mode & 0o100) !== 0 });
    }
  };
  await walk('');
  return files;
}

function tooLarge(): AppError {
  const mebibytes = maxTotalBytes / 1024 / 1024;
  return new AppError(
    'GitInvalid',
    `the checkout is larger than ${mebibytes} MiB; leave directories out with spec.sparseCheckout`,
  );
}
