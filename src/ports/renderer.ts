import type { FileTree } from '#core/gitops/file-tree.js';

/** Turns a directory that holds a kustomization file into YAML. Throws an `AppError` (BuildFailed, ToolMissing, KubeTimeout). */
export interface Renderer {
  /** @param directory - relative to the root of the tree; the tree is all that the tool can see. */
  render(tree: FileTree, directory: string): Promise<string>;
}
