import type { Manifest } from './helm.js';

/** Every right as `group/resource verb`, with the names that it is bound to. */
export function triples(rules: readonly Manifest[]): readonly string[] {
  const all = rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [] }) =>
    apiGroups.flatMap((group: string) =>
      resources.flatMap((resource: string) =>
        verbs.map((verb: string) => `${group}/${resource} ${verb} ${resourceNames.toSorted().join()}`),
      ),
    ),
  );
  return [...new Set<string>(all)].toSorted();
}

/** The rights that the service account of these manifests gets by its bindings, by where they hold. */
export function rightsIn(manifests: readonly Manifest[]): Readonly<Record<string, readonly string[]>> {
  const held = new Map<string, Manifest[]>();
  for (const { kind, roleRef } of manifests.filter((manifest) => manifest.kind.endsWith('Binding'))) {
    const role = manifests.find((one) => one.kind === roleRef.kind && one.metadata.name === roleRef.name);
    const where = kind === 'ClusterRoleBinding' ? 'cluster' : 'namespace';
    held.set(where, [...(held.get(where) ?? []), ...(role?.rules ?? [])]);
  }
  return Object.fromEntries([...held].map(([where, rules]) => [where, triples(rules)]));
}
