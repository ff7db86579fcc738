import { isObject } from '#core/json/json.js';
import { objectsAt, textAt, textsAt } from '#core/json/read.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { joinPath, readText, type FileTree } from '../file-tree.js';
import { directoryOf } from '../file-tree.js';
import { formatOf, type SopsFormat } from './formats.js';

/** A file that a kustomization reads as it is, so that it has to be opened before the build. */
export interface ReadFile {
  readonly path: string;
  readonly format: SopsFormat;
}

/** The files that generators and patches of these kustomization files name. @param files - paths that a build may read. */
export function generatorFiles(tree: FileTree, files: readonly string[]): readonly ReadFile[] {
  return files
    .filter((path) => /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(path))
    .flatMap((path) => {
      const parsed = parseYaml(readText(tree, path) ?? '', 'kustomize');
      const value = parsed.ok && isObject(parsed.value) ? parsed.value : {};
      const directory = directoryOf(path);
      return namedBy(value).flatMap(({ path: named, format }): readonly ReadFile[] => {
        const full = joinPath(directory, named);
        return full !== undefined && tree.has(full) ? [{ path: full, format }] : [];
      });
    });
}

function namedBy(kustomization: object): readonly ReadFile[] {
  const generators = ['secretGenerator', 'configMapGenerator'].flatMap((list) =>
    objectsAt(kustomization, list),
  );
  const patches = ['patches', 'patchesJson6902'].flatMap((list) => objectsAt(kustomization, list));
  const env = (path: string): ReadFile => ({
    path,
    format: formatOf(path) === 'binary' ? 'dotenv' : formatOf(path),
  });
  return [
    ...generators.flatMap((generator) => [
      ...textsAt(generator, 'files').map((entry) => plain(entry.slice(entry.indexOf('=') + 1))),
      ...textsAt(generator, 'envs').map(env),
      ...[textAt(generator, 'env')].flatMap((path) => (path === undefined ? [] : [env(path)])),
    ]),
    ...patches.flatMap((patch) => textAt(patch, 'path') ?? []).map(plain),
    ...textsAt(kustomization, 'patchesStrategicMerge').map(plain),
  ];
}

function plain(path: string): ReadFile {
  return { path, format: formatOf(path) };
}
