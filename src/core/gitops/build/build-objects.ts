import type { KustomizationSpec } from '#api/flux/kustomization.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { hasDirectory, joinPath, readText, type FileTree } from '../file-tree.js';
import { buildLayer } from './accumulate.js';
import { built, refused, type BuildResult } from './build-problem.js';
import { parseKustomizationFile, type KustomizationFile } from './kustomization-file.js';
import { kustomizationFileOf } from './kustomization-name.js';
import { plainResources } from './plain-resources.js';
import type { ImageChange } from './transform/images.js';

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
  | 'buildMetadata'
>;

/** The directory of the source that the spec means; a problem when it is absent or leaves the source. */
export function buildDirectory(tree: FileTree, { path = '' }: Pick<BuildSpec, 'path'>): BuildResult<string> {
  const directory = joinPath('', path.replace(/^\/+/, ''));
  if (directory === undefined) return refused({ field: 'spec.path', message: `"${path}" leaves the source` });
  if (!hasDirectory(tree, directory)) {
    return refused({
      field: 'spec.path',
      message: `kustomization path not found: "${path}" is not in the artifact of the source; add the directory or change the path`,
    });
  }
  return built(directory);
}

/** The objects that a source means under a spec, before substitution. */
export function buildObjects(tree: FileTree, spec: BuildSpec): BuildResult<readonly UnknownObject[]> {
  const directory = buildDirectory(tree, spec);
  if (!directory.ok) return directory;
  const file = kustomizationFileOf(tree, directory.value);
  const own =
    file === undefined ? built({ resources: plainResources(tree, directory.value) }) : readFile(tree, file);
  if (!own.ok) return own;
  const kustomization = withSpec(own.value, spec, (path) => {
    const below = joinPath(directory.value, path);
    return below !== undefined && hasDirectory(tree, below);
  });
  const items = buildLayer({
    tree,
    directory: directory.value,
    file: file ?? joinPath(directory.value, 'kustomization.yaml') ?? 'kustomization.yaml',
    kustomization,
    above: [],
  });
  return items.ok ? built(items.value.map(({ object }) => object)) : items;
}

function readFile(tree: FileTree, file: string): BuildResult<KustomizationFile> {
  return parseKustomizationFile(file, readText(tree, file) ?? '');
}

/** The kustomization with the fields of the spec in it, as the peer writes them into its file. */
export function withSpec(
  own: KustomizationFile,
  spec: BuildSpec,
  isThere: (path: string) => boolean,
): KustomizationFile {
  const components = (spec.components ?? []).filter(
    (path) => spec.ignoreMissingComponents !== true || isThere(path),
  );
  return {
    ...own,
    ...(spec.targetNamespace === undefined ? {} : { namespace: spec.targetNamespace }),
    ...(spec.namePrefix === undefined ? {} : { namePrefix: spec.namePrefix }),
    ...(spec.nameSuffix === undefined ? {} : { nameSuffix: spec.nameSuffix }),
    patches: [...(own.patches ?? []), ...(spec.patches ?? [])],
    components: [...(own.components ?? []), ...components],
    images: mergeImages(own.images ?? [], spec.images ?? []),
    ...((spec.buildMetadata ?? []).length === 0 ? {} : { buildMetadata: spec.buildMetadata ?? [] }),
  };
}

/** By name: a new name replaces the name alone, tag and digest are one. */
function mergeImages(own: readonly ImageChange[], more: readonly ImageChange[]): readonly ImageChange[] {
  return more.reduce((all, image) => {
    const at = all.findIndex(({ name }) => name === image.name);
    const old = all[at];
    if (old === undefined) return [...all, image];
    const { newTag: _tag, digest: _digest, ...kept } = old;
    const hasVersion = image.newTag !== undefined || image.digest !== undefined;
    return all.with(at, { ...(hasVersion ? kept : old), ...image });
  }, own);
}
