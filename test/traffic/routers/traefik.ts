import { kinds, type Kind } from '#api/kinds.js';
import { names, type TrafficRouter } from './router.js';

const gatewayGroup = 'gateway.networking.k8s.io';
const traefikService: Kind = {
  group: 'traefik.io',
  version: 'v1alpha1',
  kind: 'TraefikService',
  plural: 'traefikservices',
  namespaced: true,
};
const httpRoute: Kind = {
  group: gatewayGroup,
  version: 'v1',
  kind: 'HTTPRoute',
  plural: 'httproutes',
  namespaced: true,
};

function ingressRoute(host: string, service: object): object {
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: { name: names.rollout },
    spec: { routes: [{ kind: 'Rule', match: `Host(\`${host}\`)`, services: [service] }] },
  };
}

/** A TraefikService with two weighted members. */
export function traefik(address: string): TrafficRouter {
  return {
    id: 'traefik',
    routeKinds: [traefikService],
    hasHeaderRoutes: false,
    canaryRoutes: (host) => [
      {
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'TraefikService',
        metadata: { name: names.rollout },
        spec: {
          weighted: {
            services: [
              { name: names.stable, port: 80, weight: 100 },
              { name: names.canary, port: 80, weight: 0 },
            ],
          },
        },
      },
      ingressRoute(host, { kind: 'TraefikService', name: names.rollout }),
    ],
    plainRoutes: (host, service) => [ingressRoute(host, { name: service, port: 80 })],
    trafficRouting: { traefik: { weightedTraefikServiceName: names.rollout } },
    door: async (host) => ({ address, port: 80, host }),
  };
}

function ingress(host: string, service: string): object {
  const backend = { service: { name: service, port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: names.rollout },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  };
}

/** ingress-nginx's canary annotations, read by Traefik's provider for them. */
export function nginx(address: string): TrafficRouter {
  return {
    id: 'nginx',
    routeKinds: [kinds.ingress],
    hasHeaderRoutes: false,
    canaryRoutes: (host) => [ingress(host, names.stable)],
    plainRoutes: (host, service) => [ingress(host, service)],
    trafficRouting: { nginx: { stableIngress: names.rollout } },
    door: async (host) => ({ address, port: 80, host }),
  };
}

function httpRouteTo(host: string, backendRefs: readonly object[]): readonly object[] {
  return [
    {
      apiVersion: `${gatewayGroup}/v1`,
      kind: 'Gateway',
      metadata: { name: 'door' },
      spec: {
        gatewayClassName: process.env['TRAFFIC_GATEWAY_CLASS'] ?? 'traefik',
        listeners: [{ name: 'web', protocol: 'HTTP', port: 80 }],
      },
    },
    {
      apiVersion: `${gatewayGroup}/v1`,
      kind: 'HTTPRoute',
      metadata: { name: names.rollout },
      spec: { parentRefs: [{ name: 'door' }], hostnames: [host], rules: [{ backendRefs }] },
    },
  ];
}

/** An HTTPRoute with two weighted references. */
export function gatewayApi(address: string): TrafficRouter {
  return {
    id: 'gateway',
    routeKinds: [httpRoute],
    hasHeaderRoutes: true,
    canaryRoutes: (host) =>
      httpRouteTo(host, [
        { name: names.stable, port: 80, weight: 100 },
        { name: names.canary, port: 80, weight: 0 },
      ]),
    plainRoutes: (host, service) => httpRouteTo(host, [{ name: service, port: 80 }]),
    trafficRouting: {
      plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: names.rollout } },
    },
    door: async (host) => ({ address, port: 80, host }),
  };
}
