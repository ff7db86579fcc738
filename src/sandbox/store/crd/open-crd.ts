import type { Kind } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;

interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
}

export interface OpenCrd extends Pick<Kind, 'group' | 'kind' | 'plural'> {
  /** Served, the first one is stored. */
  readonly versions: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly columns?: readonly PrinterColumn[];
  /** The schema of the spec where the API server fills fields in; default any spec. */
  readonly spec?: object;
}

/** The definition of a kind of some data plane as the sandbox serves it: any status, and any spec. */
export function openCrd(given: OpenCrd): UnknownObject {
  const {
    group,
    kind,
    plural,
    versions,
    shortNames = [],
    categories = [],
    columns = [],
    spec = open,
  } = given;
  const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames, categories },
      versions: versions.map((name) => ({
        name,
        served: true,
        storage: name === versions[0],
        additionalPrinterColumns: [...columns, age],
        schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: open } } },
        subresources: { status: {} },
      })),
    },
  };
}
