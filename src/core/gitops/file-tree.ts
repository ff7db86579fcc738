/** One file of a source; `path` is relative, with `/`, without `.` or `..`. */
export interface TreeFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly isExecutable: boolean;
}

/** The files of a source by path. Directories exist by the files below them. */
export type FileTree = ReadonlyMap<string, TreeFile>;

/** The tree of these files; the last of two with one path wins. */
export function treeOf(files: Iterable<TreeFile>): FileTree {
  return new Map([...files].map((file) => [file.path, file]));
}

/** The content as text (UTF-8); `undefined` when there is no such file. */
export function readText(tree: FileTree, path: string): string | undefined {
  const file = tree.get(path);
  return file === undefined ? undefined : new TextDecoder().decode(file.content);
}

/** Whether any file lies below the directory; the root (`''`) always exists. */
export function hasDirectory(tree: FileTree, directory: string): boolean {
  if (directory === '') return true;
  const prefix = `${directory}/`;
  return [...tree.keys()].some((path) => path.startsWith(prefix));
}

/**
 * Joins a relative path to a directory of the tree and takes `.` and `..` out. `''` is the root.
 * `undefined` when the result would leave the tree or the path is absolute.
 */
export function joinPath(directory: string, relative: string): string | undefined {
  const parts = directory === '' ? [] : directory.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return relative.startsWith('/') ? undefined : parts.join('/');
}

/** The directories above these paths, each once, without the root. */
export function directoriesAbove(paths: Iterable<string>): readonly string[] {
  const all = new Set<string>();
  for (const path of paths) {
    for (let above = directoryOf(path); above !== '' && !all.has(above); above = directoryOf(above))
      all.add(above);
  }
  return [...all];
}

/** The directory part of a path; `''` for a file at the root. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
