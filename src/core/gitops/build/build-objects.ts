import type { KustomizationSpec } from '#api/flux/kustomization.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { joinPath, readText, hasDirectory, type FileTree } from '../file-tree.js';
import { built, collect, refused, type BuildResult } from './build-problem.js';
import { kustomizationFileOf } from './kustomization-name.js';
import { parseManifests } from './manifests.js';
import { plainResources } from './plain-resources.js';

/** What of a Kustomization shapes its build. */
export type BuildSpec = Pick<
  KustomizationSpec,
  | 'path'
  | 'targetNamespace'
  | 'namePrefix'
  | 'nameSuffix'
  | 'patches'
  | 'images'
  | 'components'
  | 'ignoreMissingComponents'
>;

/** The directory of the source that the spec means; a problem when it is absent or leaves the source. */
export function buildDirectory(tree: FileTree, { path = '' }: Pick<BuildSpec, 'path'>): BuildResult<string> {
  const directory = joinPath('', path.replace(/^\/+/, ''));
  if (directory === undefined) return refused({ field: 'spec.path', message: `"${path}" leaves the source` });
  if (!hasDirectory(tree, directory)) {
    return refused({ field: 'spec.path', message: `"${path}" is not in the artifact of the source` });
  }
  return built(directory);
}

/** The objects that a source means under a spec, before substitution. */
export function buildObjects(tree: FileTree, spec: BuildSpec): BuildResult<readonly UnknownObject[]> {
  const directory = buildDirectory(tree, spec);
  if (!directory.ok) return directory;
  const file = kustomizationFileOf(tree, directory.value);
  if (file !== undefined) return refused({ file, message: 'kustomization files are not served yet' });
  const files = plainResources(tree, directory.value);
  const objects = collect(files, (name) => {
    const path = joinPath(directory.value, name) ?? name;
    return parseManifests(path, readText(tree, path) ?? '');
  });
  return objects.ok ? built(objects.value.flat()) : objects;
}
