import type { PostBuild } from '#api/flux/kustomization.js';
import { fluxKeys } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { subjectOf } from '#core/kube/object.js';
import { parseYaml, printYaml } from '#core/yaml/yaml.js';
import { built, collect, refused, type BuildResult } from '../build/build-problem.js';
import { isKubeObject } from '../build/manifests.js';
import { substitute, type SubstituteOptions } from './substitute.js';

/** The values of one ConfigMap or Secret of `substituteFrom`, in the order of the spec; absent optional ones are left out. */
export type VariableSource = Readonly<Record<string, string>>;

/** The variables of a spec: later sources win over earlier ones, inline values over all; line breaks go. */
export function variablesOf(
  postBuild: PostBuild | undefined,
  sources: readonly VariableSource[],
): BuildResult<VariableSource> {
  const all: Record<string, string> = {};
  for (const values of [...sources, postBuild?.substitute ?? {}]) {
    for (const [name, value] of Object.entries(values)) {
      if (!/^[_A-Za-z][_A-Za-z0-9]*$/.test(name)) {
        return refused({
          field: 'spec.postBuild',
          message: `'${name}' is an invalid variable name: use letters, digits and '_', beginning with no digit`,
        });
      }
      all[name] = value.replaceAll('\n', '');
    }
  }
  return built(all);
}

/** Objects with their references filled in. It works on their YAML, so that an unquoted value can change its type. */
export function substituteObjects(
  objects: readonly UnknownObject[],
  postBuild: PostBuild | undefined,
  variables: VariableSource,
  options: SubstituteOptions = { isStrict: true },
): BuildResult<readonly UnknownObject[]> {
  const isAlways = postBuild?.substituteStrategy === 'Always';
  if (postBuild === undefined || (Object.keys(variables).length === 0 && !isAlways)) return built(objects);
  return collect(objects, (object) =>
    isDisabled(object) ? built(object) : substituteObject(object, variables, options),
  );
}

function substituteObject(
  object: UnknownObject,
  variables: VariableSource,
  options: SubstituteOptions,
): BuildResult<UnknownObject> {
  const subject = subjectOf(object);
  const done = substitute(printYaml(object), variables, options);
  if (!done.ok) {
    return refused({ message: `${subject}: post build failed: ${done.message}; set it in spec.postBuild` });
  }
  const parsed = parseYaml(done.text);
  if (!parsed.ok) {
    return refused({ message: `${subject}: is no YAML after substitution: ${parsed.problem.message}` });
  }
  if (isKubeObject(parsed.value)) return built(parsed.value);
  return refused({ message: `${subject}: is no Kubernetes object after substitution` });
}

function isDisabled({ metadata: { labels, annotations } }: UnknownObject): boolean {
  return labels?.[fluxKeys.substitute] === 'disabled' || annotations?.[fluxKeys.substitute] === 'disabled';
}
