import type { UnknownObject } from '#api/k8s/meta.js';
import { forbiddenValue, invalidValue, requiredValue } from '../causes.js';
import type { KindRules } from '../resource-type.js';
import type { Cause } from '../status.js';
import { crdSpecOf, isCrdSpec } from './resource.js';

/** What the server does to a CustomResourceDefinition: it is established as soon as it is stored. */
export const crdRules: KindRules = {
  applyDefaults: (crd) => (isCrdSpec(crd['spec']) ? withNames(crd) : crd),
  prepareCreate: (crd) =>
    isCrdSpec(crd['spec']) ? { ...crd, status: statusOf(crd, crd.metadata.creationTimestamp) } : crd,
  prepareUpdate: (crd, old) =>
    isCrdSpec(crd['spec']) ? { ...crd, status: statusOf(crd, old.metadata.creationTimestamp) } : crd,
  validate,
  validateUpdate: (crd, old) => {
    const [next, before] = [crdSpecOf(crd), crdSpecOf(old)];
    return [
      ...(next.group === before.group ? [] : [invalidValue('spec.group', next.group, 'field is immutable')]),
      ...(next.scope === before.scope ? [] : [invalidValue('spec.scope', next.scope, 'field is immutable')]),
      ...(next.names.plural === before.names.plural
        ? []
        : [invalidValue('spec.names.plural', next.names.plural, 'field is immutable')]),
    ];
  },
};

function withNames(crd: UnknownObject): UnknownObject {
  const spec = crdSpecOf(crd);
  const { names } = spec;
  const filled = {
    ...names,
    singular: names.singular ?? names.kind.toLowerCase(),
    listKind: names.listKind ?? `${names.kind}List`,
  };
  return { ...crd, spec: { conversion: { strategy: 'None' }, ...spec, names: filled } };
}

function statusOf(crd: UnknownObject, since: string | undefined): unknown {
  const spec = crdSpecOf(crd);
  const condition = (type: string, reason: string, message: string): unknown => ({
    type,
    status: 'True',
    reason,
    message,
    lastTransitionTime: since,
  });
  return {
    acceptedNames: spec.names,
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    storedVersions: spec.versions.filter((v) => v.storage).map((v) => v.name),
  };
}

function validate(crd: UnknownObject): readonly Cause[] {
  if (!isCrdSpec(crd['spec'])) return [requiredValue('spec.names')];
  const spec = crdSpecOf(crd);
  const causes: Cause[] = [];
  const wanted = `${spec.names.plural}.${spec.group}`;
  if (crd.metadata.name !== wanted)
    causes.push(invalidValue('metadata.name', crd.metadata.name, `must be spec.names.plural+"."+spec.group`));
  if (spec.versions.filter((v) => v.storage).length !== 1)
    causes.push(
      invalidValue(
        'spec.versions',
        spec.versions.map((v) => v.name),
        'must have exactly one version marked as storage version',
      ),
    );
  spec.versions.forEach((version, i) => {
    if (version.schema?.openAPIV3Schema === undefined)
      causes.push(requiredValue(`spec.versions[${i}].schema.openAPIV3Schema`, 'schemas are required'));
  });
  if (spec.scope !== 'Namespaced' && spec.scope !== 'Cluster')
    causes.push(forbiddenValue('spec.scope', 'must be Cluster or Namespaced'));
  return causes;
}
