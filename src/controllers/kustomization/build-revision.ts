import type { Artifact } from '#api/flux/git-repository.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import { assemble } from '#core/gitops/build/assemble.js';
import { buildObjects } from '#core/gitops/build/build-objects.js';
import type { FileTree } from '#core/gitops/file-tree.js';
import type { BuiltRevision } from '#core/gitops/kustomization/kustomization-run.js';
import type { ArtifactFetcher } from '#ports/artifact-store.js';
import { AppError } from '#ports/errors.js';

export interface BuildPorts {
  readonly fetcher: ArtifactFetcher;
  /** How long to wait for an artifact that is not there yet. */
  readonly dependencyMs: number;
}

/** Downloads the artifact and builds what the spec wants of it. */
export async function buildRevision(
  ports: BuildPorts,
  object: Kustomization,
  artifact: Artifact,
): Promise<BuiltRevision> {
  const tree = await fetchTree(ports, artifact);
  return 'ok' in tree ? tree : assemble(buildObjects(tree, object.spec), object);
}

type Failed = BuiltRevision & { readonly ok: false };

async function fetchTree(
  { fetcher, dependencyMs }: BuildPorts,
  artifact: Artifact,
): Promise<FileTree | Failed> {
  try {
    return await fetcher.fetch(artifact);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.class === 'Bug' || thrown.class === 'Cancelled') throw thrown;
    const failed = { ok: false, reason: reasons.artifactFailed, message: thrown.message } as const;
    return thrown.code === 'ArtifactMissing' ? { ...failed, retryMs: dependencyMs } : failed;
  }
}
