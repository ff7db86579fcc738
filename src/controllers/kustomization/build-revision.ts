import type { Artifact } from '#api/flux/git-repository.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { assemble } from '#core/gitops/build/assemble.js';
import { buildDirectory, buildObjects } from '#core/gitops/build/build-objects.js';
import { built, formatBuildProblem, refused, type BuildResult } from '#core/gitops/build/build-problem.js';
import { inputForBinary } from '#core/gitops/build/for-binary.js';
import { parseManifests } from '#core/gitops/build/manifests.js';
import type { FileTree } from '#core/gitops/file-tree.js';
import type { BuildInputs, BuiltRevision } from '#core/gitops/kustomization/model/kustomization-run.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { Renderer } from '#ports/renderer.js';
import type { DecryptionKeys, Sops } from '#ports/sops.js';
import type { VariableSource } from '#core/gitops/substitute/substitute-objects.js';
import { buildInputs, digestFiles } from './build-inputs.js';
import {
  decryptFiles,
  decryptObjects,
  readDecryptionKeys,
  sealedSecret,
  type SecretPlace,
} from './decrypt.js';
import { artifactId, type Revisions } from './revisions.js';
import { readVariables } from './variables.js';

export interface BuildPorts {
  /** The cluster that the Kustomization is in. */
  readonly kube: Kube;
  readonly revisions: Pick<Revisions, 'tree'>;
  /** A kustomize binary; absent: the built-in generator. */
  readonly renderer?: Renderer;
  /** Another one, for what the built-in generator does not serve; absent: that is refused. */
  readonly fallback?: Renderer;
  /** Where the objects go: that it can be reached at all is part of the build. */
  readonly openTarget: () => Promise<unknown>;
  /** Opens encrypted files and objects; absent: a spec that asks for it is refused. */
  readonly sops?: Sops;
  /** With identities for what the keys of a Kustomization do not open; absent: none. */
  readonly ageSecret?: SecretPlace;
  readonly settings: { readonly isStrict: boolean; readonly defaultDecryptionAccount: string };
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
  const keys = object.spec.decryption === undefined ? undefined : await keysOf(ports, object);
  if (keys !== undefined && 'ok' in keys) return keys;
  const secrets = variables.ok ? [variables.value, keys] : undefined;
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
  const result = await renderPlain(ports, object, {
    tree,
    directory: directory.value,
    keys,
    variables: variables.value,
  });
  return result.ok ? { ...result, inputs } : result;
}

/** Builds what the spec wants of other files than those of an artifact. */
export async function buildFiles(
  ports: BuildPorts,
  object: Kustomization,
  tree: FileTree,
): Promise<BuiltRevision> {
  const variables = await readVariables(ports.kube, object);
  const keys = object.spec.decryption === undefined ? undefined : await keysOf(ports, object);
  if (keys !== undefined && 'ok' in keys) return keys;
  const directory = buildDirectory(tree, object.spec);
  if (!directory.ok) return assemble(directory, object, {});
  if (!variables.ok) return assemble(refused(variables.problem), object, {});
  const plan = { tree, directory: directory.value, keys, variables: variables.value };
  return renderPlain(ports, object, plan);
}

interface Plan {
  readonly tree: FileTree;
  readonly directory: string;
  readonly keys: DecryptionKeys | undefined;
  readonly variables: VariableSource;
}

/** Opens what is encrypted, before the build what it reads as it is and behind it the objects. */
async function renderPlain(
  ports: BuildPorts,
  object: Kustomization,
  { tree, directory, keys, variables }: Plan,
): Promise<BuiltRevision> {
  const { sops } = ports;
  if (keys === undefined || sops === undefined) {
    const rendered = await render(ports, tree, object);
    const sealed = rendered.ok ? sealedSecret(rendered.value) : undefined;
    if (sealed !== undefined) return { ok: false, reason: reasons.reconciliationFailed, message: sealed };
    return assemble(rendered, object, variables, ports.settings);
  }
  const decryption = { sops, keys };
  try {
    const rendered = await render(ports, await decryptFiles(decryption, tree, directory, object), object);
    const plain = rendered.ok ? built(await decryptObjects(decryption, rendered.value)) : rendered;
    return assemble(plain, object, variables, ports.settings);
  } catch (thrown) {
    return { ok: false, reason: reasons.buildFailed, message: expected(thrown).message };
  }
}

async function keysOf(
  { kube, sops, ageSecret, settings }: BuildPorts,
  object: Kustomization,
): Promise<DecryptionKeys | Failed> {
  try {
    const defaults = { account: settings.defaultDecryptionAccount };
    const all = ageSecret === undefined ? defaults : { ...defaults, forAll: ageSecret };
    if (sops !== undefined) return await readDecryptionKeys(kube, object, all);
    return {
      ok: false,
      reason: reasons.buildFailed,
      message: 'spec.decryption: is not served by this process',
    };
  } catch (thrown) {
    return { ok: false, reason: reasons.buildFailed, message: expected(thrown).message };
  }
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
  { renderer, fallback }: BuildPorts,
  tree: FileTree,
  { spec }: Kustomization,
): Promise<BuildResult<readonly UnknownObject[]>> {
  if (renderer !== undefined) return renderBy(renderer, tree, spec);
  const own = buildObjects(tree, spec);
  if (own.ok || own.problem.isUnserved !== true || fallback === undefined) return own;
  return renderBy(fallback, tree, spec);
}

async function renderBy(
  renderer: Renderer,
  tree: FileTree,
  spec: Kustomization['spec'],
): Promise<BuildResult<readonly UnknownObject[]>> {
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
