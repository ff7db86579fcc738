import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { printYaml } from '#core/yaml/yaml.js';
import { prepareObjects } from '../apply/prepare.js';
import type { BuiltRevision } from '../kustomization/model/kustomization-run.js';
import { sha256Hex } from '#core/digest/sha256.js';
import { substituteObjects, type VariableSource } from '../substitute/substitute-objects.js';
import type { SubstituteOptions } from '../substitute/substitute.js';
import { formatBuildProblem, type BuildProblem, type BuildResult } from './build-problem.js';

/** The end of a build: what was rendered, with its variables filled in, becomes what is applied. */
export function assemble(
  rendered: BuildResult<readonly UnknownObject[]>,
  object: Pick<Kustomization, 'metadata' | 'spec'>,
  variables: VariableSource,
  options?: SubstituteOptions,
): BuiltRevision {
  if (!rendered.ok) return failed(rendered.problem);
  const filled = substituteObjects(rendered.value, object.spec.postBuild, variables, options);
  if (!filled.ok) return failed(filled.problem);
  const yaml = filled.value.map(printYaml).join('---\n');
  return {
    ok: true,
    objects: prepareObjects(filled.value, object),
    digest: `sha256:${sha256Hex(yaml)}`,
  };
}

function failed(problem: BuildProblem): BuiltRevision & { readonly ok: false } {
  return { ok: false, reason: reasons.buildFailed, message: formatBuildProblem(problem) };
}
