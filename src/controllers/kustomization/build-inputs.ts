import { createHash } from 'node:crypto';
import type { Artifact } from '#api/flux/git-repository.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { inputFiles } from '#core/gitops/build/input-files.js';
import type { FileTree, TreeFile } from '#core/gitops/file-tree.js';
import type { BuildInputs } from '#core/gitops/kustomization/model/kustomization-run.js';
import { artifactId } from './revisions.js';

const fileDigests = new WeakMap<TreeFile, string>();

/** A digest of the files that a build of a directory may read. */
export function digestFiles(tree: FileTree, directory: string, { spec }: Kustomization): string {
  const hash = createHash('sha256');
  for (const path of inputFiles(tree, directory, spec.components)) {
    const file = tree.get(path);
    if (file !== undefined) hash.update(`${path}\0${digestOf(file)}\n`);
  }
  return hash.digest('hex');
}

function digestOf(file: TreeFile): string {
  const known = fileDigests.get(file);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(file.content).digest('hex');
  fileDigests.set(file, digest);
  return digest;
}

/** What a build is made of. @param secrets - values that are part of it and are shown nowhere. */
export function buildInputs(
  artifact: Artifact,
  files: string,
  { spec, metadata }: Kustomization,
  secrets: unknown,
): BuildInputs {
  const all = createHash('sha256')
    .update(JSON.stringify([files, metadata.name, spec, secrets]))
    .digest('hex');
  return { artifact: artifactId(artifact), files, all };
}
