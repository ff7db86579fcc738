import type { KubeObject } from '#api/k8s/meta.js';
import { namespace } from './world.js';

/** The one application of the stories: a Rollout `web` with its Services and, with a router, its route. */
export interface ShopOptions {
  readonly replicas?: number;
  readonly strategy: object;
  readonly router?: keyof typeof routes;
  /** More fields of the Rollout's spec. */
  readonly spec?: object;
  readonly image?: string;
}

export function shopObjects(options: ShopOptions): readonly KubeObject[] {
  const { router = 'none' } = options;
  return [rollout(options), service('web'), service('web-canary'), ...routes[router]];
}

export function templateOf(image: string) {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } };
}

function rollout({ replicas = 4, strategy, spec, image = 'web:1' }: ShopOptions): KubeObject {
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: templateOf(image),
      strategy,
      ...spec,
    },
  };
  return object;
}

function service(name: string): KubeObject {
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  };
  return object;
}

const virtualService: KubeObject & { readonly spec: unknown } = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'VirtualService',
  metadata: { name: 'web', namespace },
  spec: {
    hosts: ['web'],
    http: [
      {
        name: 'primary',
        route: [
          { destination: { host: 'web' }, weight: 100 },
          { destination: { host: 'web-canary' }, weight: 0 },
        ],
      },
    ],
  },
};

const ingress: KubeObject & { readonly spec: unknown } = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', namespace },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host: 'web.example',
        http: {
          paths: [
            { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
};

const subsetRoute: KubeObject & { readonly spec: unknown } = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'VirtualService',
  metadata: { name: 'mesh', namespace },
  spec: {
    hosts: ['web'],
    http: [
      {
        name: 'primary',
        route: [
          { destination: { host: 'web', subset: 'stable' }, weight: 100 },
          { destination: { host: 'web', subset: 'canary' }, weight: 0 },
        ],
      },
    ],
  },
};

const destinationRule: KubeObject & { readonly spec: unknown } = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'DestinationRule',
  metadata: { name: 'mesh', namespace },
  spec: {
    host: 'web',
    subsets: [
      { name: 'stable', labels: { app: 'web' } },
      { name: 'canary', labels: { app: 'web' } },
    ],
  },
};

const weighted: KubeObject & { readonly spec: unknown } = {
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'TraefikService',
  metadata: { name: 'web', namespace },
  spec: {
    weighted: {
      services: [
        { name: 'web', port: 80, weight: 100 },
        { name: 'web-canary', port: 80, weight: 0 },
      ],
    },
  },
};

const httpRoute: KubeObject & { readonly spec: unknown } = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'web', namespace },
  spec: {
    parentRefs: [{ name: 'edge' }],
    rules: [
      {
        backendRefs: [
          { name: 'web', port: 80, weight: 100 },
          { name: 'web-canary', port: 80, weight: 0 },
        ],
      },
    ],
  },
};

const routes = {
  none: [],
  istio: [virtualService],
  nginx: [ingress],
  subsets: [subsetRoute, destinationRule],
  traefik: [weighted],
  gateway: [httpRoute],
};

/** A canary that is told apart by the subsets of a destination rule, without Services of its own. */
export const routedBySubsets = {
  trafficRouting: {
    istio: {
      virtualService: { name: 'mesh', routes: ['primary'] },
      destinationRule: { name: 'mesh', stableSubsetName: 'stable', canarySubsetName: 'canary' },
    },
    managedRoutes: [{ name: 'beta' }],
  },
};

/** What a routed canary of the shop has beside its steps. */
export function routedBy(router: keyof typeof routing) {
  return { stableService: 'web', canaryService: 'web-canary', trafficRouting: routing[router] };
}

const managedRoutes = [{ name: 'beta' }];
const routing = {
  istio: { istio: { virtualService: { name: 'web', routes: ['primary'] } }, managedRoutes },
  nginx: { nginx: { stableIngress: 'web' } },
  traefik: { traefik: { weightedTraefikServiceName: 'web' } },
  gateway: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'web' } }, managedRoutes },
} as const;
