import { isObject } from '#core/json/json.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { joinPath, readText, type FileTree } from '../file-tree.js';
import { kustomizationFileOf } from './kustomization-name.js';

/** Longer texts are patches and no paths. */
const longestPath = 1024;

/**
 * The files that a build of a directory may read: with a kustomization file that and everything that it names and that
 * there is, else everything below. Too many rather than too few; sorted.
 */
export function inputFiles(
  tree: FileTree,
  directory: string,
  components: readonly string[] = [],
): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  visitDirectory({ tree, found, seen }, directory);
  for (const path of components) visit({ tree, found, seen }, directory, path);
  return [...found].sort();
}

interface Walk {
  readonly tree: FileTree;
  readonly found: Set<string>;
  /** Directories that were visited. */
  readonly seen: Set<string>;
}

function visit(walk: Walk, directory: string, path: string): void {
  const full = joinPath(directory, path);
  if (full === undefined) return;
  if (walk.tree.has(full)) walk.found.add(full);
  else if (path !== '') visitDirectory(walk, full);
}

function visitDirectory(walk: Walk, directory: string): void {
  const { tree, found, seen } = walk;
  if (seen.has(directory)) return;
  seen.add(directory);
  const own = kustomizationFileOf(tree, directory);
  if (own === undefined) {
    for (const path of filesBelow(tree, directory)) {
      found.add(path);
      if (/(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(path)) {
        visitDirectory(walk, path.slice(0, Math.max(0, path.lastIndexOf('/'))));
      }
    }
    return;
  }
  found.add(own);
  for (const text of textsOf(tree, own)) {
    visit(walk, directory, text);
    // Generators name files as `key=path`.
    const equals = text.indexOf('=');
    if (equals > 0) visit(walk, directory, text.slice(equals + 1));
  }
}

const texts = new WeakMap<object, readonly string[]>();

/** Every text of a kustomization file that may be a path; none when it does not parse. */
function textsOf(tree: FileTree, path: string): readonly string[] {
  const file = tree.get(path);
  if (file === undefined) return [];
  const known = texts.get(file);
  if (known !== undefined) return known;
  const parsed = parseYaml(readText(tree, path) ?? '', 'kustomize');
  const all: string[] = [];
  if (parsed.ok) collectTexts(parsed.value, all);
  texts.set(file, all);
  return all;
}

function collectTexts(value: unknown, into: string[]): void {
  if (typeof value === 'string') {
    if (value.length <= longestPath && !value.includes('\n')) into.push(value);
  } else if (Array.isArray(value)) for (const item of value) collectTexts(item, into);
  else if (isObject(value)) for (const item of Object.values(value)) collectTexts(item, into);
}

const sortedPaths = new WeakMap<FileTree, readonly string[]>();

/** The paths below a directory, found by bisection: trees are large and asked often. */
function filesBelow(tree: FileTree, directory: string): readonly string[] {
  const paths = sortedPaths.get(tree) ?? [...tree.keys()].sort();
  sortedPaths.set(tree, paths);
  if (directory === '') return paths;
  const prefix = `${directory}/`;
  let [low, high] = [0, paths.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paths[middle] ?? '') < prefix) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (paths[end]?.startsWith(prefix) === true) end += 1;
  return paths.slice(low, end);
}
