import { directoryOf, type FileTree } from '../file-tree.js';
import { kustomizationFileOf } from './kustomization-name.js';

/**
 * What a directory without a kustomization file stands for: every YAML file below it, and instead of what lies below a
 * directory with a kustomization file that directory. Paths are relative to the directory, sorted.
 */
export function plainResources(tree: FileTree, directory: string): readonly string[] {
  const prefix = directory === '' ? '' : `${directory}/`;
  const found = [...tree.keys()]
    .filter((path) => path.startsWith(prefix))
    .flatMap((path) => {
      const own = outermostKustomization(tree, directory, directoryOf(path));
      if (own !== undefined) return [own];
      return /\.ya?ml$/.test(path) ? [path] : [];
    });
  return [...new Set(found)].sort().map((path) => path.slice(prefix.length));
}

/** The directory nearest to `top` (but below it) on the way to `directory` that has a kustomization file. */
function outermostKustomization(tree: FileTree, top: string, directory: string): string | undefined {
  const outer =
    directory === top || directory === ''
      ? undefined
      : outermostKustomization(tree, top, directoryOf(directory));
  if (outer !== undefined || directory === top) return outer;
  return kustomizationFileOf(tree, directory) === undefined ? undefined : directory;
}
