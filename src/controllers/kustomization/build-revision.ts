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
import type { BuildInputs, BuiltRevision } from '#core/gitops/kustomization/kustomization-run.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { Renderer } from '#ports/renderer.js';
import { buildInputs, digestFiles } from './build-inputs.js';
import { artifactId, type Revisions } from './revisions.js';
import { readVariables } from './variables.js';

export interface BuildPorts {
  /** The cluster that the Kustomization is in. */
  readonly kube: Kube;
  readonly revisions: Pick<Revisions, 'tree'>;
  /** A kustomize binary; absent: the built-in generator. */
  readonly renderer?: Renderer;
  /** Where the objects go: that it can be reached at all is part of the build. */
  readonly openTarget: () => Promise<unknown>;
  /** How long to wait for an artifact that is not there yet. */
  readonly dependencyMs: number;
}

type Known = { readonly inputs: BuildInputs; readonly digest: string } | undefined;

/** Gets the files of the artifact and builds what the spec wants of them, unless nothing of it differs from `known`. */
export async function buildRevision(
  ports: BuildPorts,
  object: Kustomization,
  artifact: Artifact,
  known?: Known,
): Promise<BuiltRevision> {
  const variables = await readVariables(ports.kube, object);
  const secrets = variables.ok ? variables.value : undefined;
  // The same artifact has the same files: they need not be fetched to know that nothing has changed.
  if (known !== undefined && known.inputs.artifact === artifactId(artifact) && variables.ok) {
    const inputs = buildInputs(artifact, known.inputs.files, object, secrets);
    if (inputs.all === known.inputs.all) return unchanged(known, inputs);
  }
  const unreachable = await targetProblem(ports);
  if (unreachable !== undefined) return unreachable;
  const tree = await fetchTree(ports, artifact);
  if ('ok' in tree) return tree;
  const directory = buildDirectory(tree, object.spec);
  if (!directory.ok) {
    return { ok: false, reason: reasons.artifactFailed, message: formatBuildProblem(directory.problem) };
  }
  if (!variables.ok) return assemble(refused(variables.problem), object, {});
  const inputs = buildInputs(artifact, digestFiles(tree, directory.value, object), object, secrets);
  if (known !== undefined && inputs.all === known.inputs.all) return unchanged(known, inputs);
  const built = assemble(await render(ports, tree, object), object, variables.value);
  return built.ok ? { ...built, inputs } : built;
}

function unchanged({ digest }: NonNullable<Known>, inputs: BuildInputs): BuiltRevision {
  return { ok: true, objects: [], digest, inputs, isUnchanged: true };
}

type Failed = BuiltRevision & { readonly ok: false };

async function targetProblem({ openTarget }: BuildPorts): Promise<Failed | undefined> {
  try {
    await openTarget();
    return undefined;
  } catch (thrown) {
    return { ok: false, reason: reasons.reconciliationFailed, message: expected(thrown).message };
  }
}

async function fetchTree(
  { revisions, dependencyMs }: BuildPorts,
  artifact: Artifact,
): Promise<FileTree | Failed> {
  try {
    return await revisions.tree(artifact);
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
