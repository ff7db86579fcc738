import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { printYaml } from '#core/yaml/yaml.js';
import { prepareObjects } from '../apply/prepare.js';
import type { BuiltRevision } from '../kustomization/kustomization-run.js';
import { sha256Hex } from '../sha256.js';
import { formatBuildProblem, type BuildResult } from './build-problem.js';

/** The end of a build: what was rendered becomes what is applied, with the digest of its YAML. */
export function assemble(
  rendered: BuildResult<readonly UnknownObject[]>,
  object: Pick<Kustomization, 'metadata' | 'spec'>,
): BuiltRevision {
  if (!rendered.ok) {
    return { ok: false, reason: reasons.buildFailed, message: formatBuildProblem(rendered.problem) };
  }
  const yaml = rendered.value.map(printYaml).join('---\n');
  return {
    ok: true,
    objects: prepareObjects(rendered.value, object),
    digest: `sha256:${sha256Hex(yaml)}`,
  };
}
