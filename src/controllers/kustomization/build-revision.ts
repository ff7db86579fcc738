import type { Artifact } from '#api/flux/git-repository.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { assemble } from '#core/gitops/build/assemble.js';
import { buildDirectory, buildObjects } from '#core/gitops/build/build-objects.js';
import { formatBuildProblem, refused, type BuildResult } from '#core/gitops/build/build-problem.js';
import { inputForBinary } from '#core/gitops/build/for-binary.js';
import { parseManifests } from '#core/gitops/build/manifests.js';
import type { FileTree } from '#core/gitops/file-tree.js';
import type { BuiltRevision } from '#core/gitops/kustomization/kustomization-run.js';
import type { ArtifactFetcher } from '#ports/artifact-store.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { Renderer } from '#ports/renderer.js';
import { readVariables } from './variables.js';

export interface BuildPorts {
  readonly kube: Kube;
  readonly fetcher: ArtifactFetcher;
  /** A kustomize binary; absent: the built-in generator. */
  readonly renderer?: Renderer;
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
  if ('ok' in tree) return tree;
  const directory = buildDirectory(tree, object.spec);
  if (!directory.ok) {
    return { ok: false, reason: reasons.artifactFailed, message: formatBuildProblem(directory.problem) };
  }
  const variables = await readVariables(ports.kube, object);
  if (!variables.ok) return assemble(refused(variables.problem), object, {});
  return assemble(await render(ports, tree, object), object, variables.value);
}

type Failed = BuiltRevision & { readonly ok: false };

async function fetchTree(
  { fetcher, dependencyMs }: BuildPorts,
  artifact: Artifact,
): Promise<FileTree | Failed> {
  try {
    return await fetcher.fetch(artifact);
  } catch (thrown) {
    const error = expected(thrown);
    const failed = { ok: false, reason: reasons.artifactFailed, message: error.message } as const;
    if (error.code === 'ArtifactMissing') return { ...failed, retryMs: dependencyMs };
    return error.class === 'Transient' ? { ...failed, retryMs: dependencyMs, isTransient: true } : failed;
  }
}

async function render(
  { renderer }: BuildPorts,
  tree: FileTree,
  { spec }: Kustomization,
): Promise<BuildResult<readonly UnknownObject[]>> {
  if (renderer === undefined) return buildObjects(tree, spec);
  const input = inputForBinary(tree, spec);
  if (!input.ok) return input;
  try {
    const yaml = await renderer.render(input.value.tree, input.value.directory);
    return parseManifests('kustomize output', yaml);
  } catch (thrown) {
    return refused({ message: expected(thrown).message });
  }
}

/** What a user can mend or wait for; anything else ends the pass. */
function expected(thrown: unknown): AppError {
  if (thrown instanceof AppError && thrown.class !== 'Bug' && thrown.class !== 'Cancelled') return thrown;
  throw thrown;
}
