import type { UnknownObject } from '#api/k8s/meta.js';

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;

/** Istio's routing kinds as the sandbox serves them: all three versions, any spec. */
export const istioCrds: readonly UnknownObject[] = [
  istioCrd(
    'VirtualService',
    'virtualservices',
    ['vs'],
    [
      { name: 'Gateways', type: 'string', jsonPath: '.spec.gateways' },
      { name: 'Hosts', type: 'string', jsonPath: '.spec.hosts' },
    ],
  ),
  istioCrd(
    'DestinationRule',
    'destinationrules',
    ['dr'],
    [{ name: 'Host', type: 'string', jsonPath: '.spec.host' }],
  ),
];

function istioCrd(
  kind: string,
  plural: string,
  shortNames: readonly string[],
  columns: readonly { readonly name: string; readonly type: string; readonly jsonPath: string }[],
): UnknownObject {
  const group = 'networking.istio.io';
  const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames,
        categories: ['istio-io', 'networking-istio-io'],
      },
      versions: ['v1', 'v1beta1', 'v1alpha3'].map((name) => ({
        name,
        served: true,
        storage: name === 'v1',
        additionalPrinterColumns: [...columns, age],
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } },
        subresources: { status: {} },
      })),
    },
  };
}
