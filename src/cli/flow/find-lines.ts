import type { Kustomization } from '#api/flux/kustomization.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { type FileTree, joinPath, readText } from '#core/gitops/file-tree.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import { groupOf } from '#core/kube/object.js';
import { type Manifest, readManifests } from '../manifests.js';
import { generatorLine } from './generator-line.js';
import { readTree } from './read-tree.js';

/** A line of a file, and what stands there. */
export interface FoundLine {
  readonly what: 'File' | 'Image';
  readonly file: string;
  readonly line: number;
}

/** Where an object and its images are written in a checkout: files of the Kustomization's path come first. */
export async function findLines(
  folder: string,
  { spec }: Kustomization,
  object: UnknownObject,
  images: readonly string[],
): Promise<readonly FoundLine[]> {
  const tree = await readTree(folder);
  const path = joinPath('', spec.path?.replace(/^\/+/, '') ?? '') ?? '';
  const files = [...tree.keys()]
    .filter((file) => /\.(ya?ml|json)$/.test(file))
    .toSorted((a, b) => rankOf(a, path) - rankOf(b, path) || (a < b ? -1 : 1));
  const manifests = await readManifests(files, (file) => Promise.resolve(readText(tree, file) ?? ''));
  const own = manifests.find((one) => isOf(one, object, spec));
  if (own?.object === undefined) {
    const { kind, metadata } = object;
    const generated = generatorLine(tree, files, { kind, name: metadata.name });
    return generated === undefined ? [] : [{ what: 'File', ...generated }];
  }
  const file: FoundLine = { what: 'File', file: own.file, line: own.line };
  return [
    file,
    ...images.flatMap((image) => imageLine(own, image) ?? changedImage(tree, files, image) ?? []),
  ];
}

function rankOf(file: string, path: string): number {
  return path === '' || file.startsWith(`${path}/`) ? 0 : 1;
}

/** The same group, kind and name, but for what the spec puts before and behind names. */
function isOf({ object: own }: Manifest, object: UnknownObject, spec: Kustomization['spec']): boolean {
  if (own === undefined || own.kind !== object.kind) return false;
  if (groupOf(own.apiVersion) !== groupOf(object.apiVersion)) return false;
  const { namePrefix = '', nameSuffix = '' } = spec;
  return [own.metadata.name, `${namePrefix}${own.metadata.name}${nameSuffix}`].includes(object.metadata.name);
}

/** The line of the container that has this image. */
function imageLine(manifest: Manifest, image: string): FoundLine | undefined {
  if (manifest.object === undefined) return undefined;
  const { file, line, object, locate } = manifest;
  const containers = objectsAt(objectAt(objectAt(object['spec'], 'template'), 'spec'), 'containers');
  const at = containers.findIndex((container) => textAt(container, 'image') === image);
  if (at < 0) return undefined;
  const place = locate(`spec.template.spec.containers[${at}].image`);
  return { what: 'Image', file, line: line + place.line - 1 };
}

/** The line of a kustomization that gives an image its tag, digest or name. */
function changedImage(tree: FileTree, files: readonly string[], image: string): FoundLine | undefined {
  const [, name = image, version = ''] = /^(.*?)(?:[:@]([^/]*))?$/.exec(image) ?? [];
  for (const file of files.filter((one) => /(^|\/)kustomization\.ya?ml$/.test(one))) {
    const lines = (readText(tree, file) ?? '').split('\n');
    const wanted = version === '' ? name : version;
    const at = lines.findIndex(
      (line) => /^\s*(-\s+)?(newTag|digest|newName):/.test(line) && line.includes(wanted),
    );
    if (at >= 0) return { what: 'Image', file, line: at + 1 };
  }
  return undefined;
}
