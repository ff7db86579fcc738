import type { UnknownObject } from '#api/k8s/meta.js';
import { openCrd } from './open-crd.js';
import { routeSpec } from './route-spec.js';

const istio = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  categories: ['istio-io', 'networking-istio-io'],
};
const gateway = { group: 'gateway.networking.k8s.io', categories: ['gateway-api'] };

/** The routing kinds of the data planes that Sluice drives, and what leads to them. */
export const dataPlaneCrds: readonly UnknownObject[] = [
  openCrd({
    ...istio,
    kind: 'VirtualService',
    plural: 'virtualservices',
    shortNames: ['vs'],
    columns: [
      { name: 'Gateways', type: 'string', jsonPath: '.spec.gateways' },
      { name: 'Hosts', type: 'string', jsonPath: '.spec.hosts' },
    ],
  }),
  openCrd({
    ...istio,
    kind: 'DestinationRule',
    plural: 'destinationrules',
    shortNames: ['dr'],
    columns: [{ name: 'Host', type: 'string', jsonPath: '.spec.host' }],
  }),
  openCrd({ group: 'traefik.io', versions: ['v1alpha1'], kind: 'TraefikService', plural: 'traefikservices' }),
  openCrd({ group: 'traefik.io', versions: ['v1alpha1'], kind: 'IngressRoute', plural: 'ingressroutes' }),
  openCrd({ ...gateway, kind: 'Gateway', plural: 'gateways', versions: ['v1', 'v1beta1'] }),
  openCrd({
    ...gateway,
    kind: 'HTTPRoute',
    plural: 'httproutes',
    versions: ['v1', 'v1beta1'],
    columns: [{ name: 'Hostnames', type: 'string', jsonPath: '.spec.hostnames' }],
    spec: routeSpec('paths'),
  }),
  openCrd({
    ...gateway,
    kind: 'GRPCRoute',
    plural: 'grpcroutes',
    versions: ['v1'],
    spec: routeSpec('methods'),
  }),
  openCrd({
    ...gateway,
    kind: 'TCPRoute',
    plural: 'tcproutes',
    versions: ['v1', 'v1alpha2'],
    spec: routeSpec('nothing'),
  }),
  openCrd({
    ...gateway,
    kind: 'TLSRoute',
    plural: 'tlsroutes',
    versions: ['v1', 'v1alpha2'],
    spec: routeSpec('nothing'),
  }),
];
