import type { FileTree } from '../file-tree.js';

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** The path of the directory's kustomization file; `undefined` when it has none. */
export function kustomizationFileOf(tree: FileTree, directory: string): string | undefined {
  const prefix = directory === '' ? '' : `${directory}/`;
  return names.map((name) => `${prefix}${name}`).find((path) => tree.has(path));
}
