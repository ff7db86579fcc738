import type { Kustomization } from '#api/flux/kustomization.js';
import type { ConfigMap, Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { built, refused, type BuildResult } from '#core/gitops/build/build-problem.js';
import { variablesOf, type VariableSource } from '#core/gitops/substitute/substitute-objects.js';
import type { Kube } from '#ports/kube.js';

/** Reads what `spec.postBuild` names; a missing object that is not optional is a problem. */
export async function readVariables(
  kube: Kube,
  { spec, metadata }: Kustomization,
): Promise<BuildResult<VariableSource>> {
  const namespace = metadata.namespace ?? '';
  const sources: VariableSource[] = [];
  for (const { kind, name, optional = false } of spec.postBuild?.substituteFrom ?? []) {
    const values =
      kind === 'Secret'
        ? await secretValues(kube, namespace, name)
        : await configValues(kube, namespace, name);
    if (values !== undefined) sources.push(values);
    else if (!optional) {
      const message = `${kind}/${namespace}/${name} not found; create it or set optional: true`;
      return refused({ field: 'spec.postBuild.substituteFrom', message });
    }
  }
  const variables = variablesOf(spec.postBuild, sources);
  return variables.ok ? built(variables.value) : variables;
}

async function configValues(
  kube: Kube,
  namespace: string,
  name: string,
): Promise<VariableSource | undefined> {
  const found = await kube.get<ConfigMap>({ kind: kinds.configMap, namespace, name });
  return found === undefined ? undefined : (found.data ?? {});
}

async function secretValues(
  kube: Kube,
  namespace: string,
  name: string,
): Promise<VariableSource | undefined> {
  const found = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  if (found === undefined) return undefined;
  const decoded = Object.entries(found.data ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const,
  );
  return Object.fromEntries(decoded);
}
