import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { ProviderWorld } from '../world.js';

const hosts = `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata:
  name: web
  namespace: shop
  annotations: {other.example/tool: keeps this}
spec:
  gateways: [shop-gateway]
  hosts: [shop.example]
  http:
  - name: admin
    match: [{uri: {prefix: /admin}}]
    route: [{destination: {host: admin}}]
  - name: primary
    timeout: 5s
    retries: {attempts: 0}
    route:
    - destination: {host: web-stable.shop.svc.cluster.local, port: {number: 80}}
      weight: 100
      headers: {response: {add: {x-side: stable}}}
    - destination: {host: web-canary, port: {number: 80}}
      weight: 0
`;

const subsets = `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route:
    - destination: {host: web, subset: stable}
      weight: 100
    - destination: {host: web, subset: canary}
      weight: 0
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: web, namespace: shop, labels: {team: shop}}
spec:
  host: web
  trafficPolicy: {connectionPool: {http: {maxRetries: 0}}}
  subsets:
  - {name: stable, labels: {app: web}}
  - {name: canary, labels: {app: web}, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
  - {name: debug, labels: {app: web, debug: "1"}}
`;

const several = `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: inside, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: web-stable}, weight: 100}, {destination: {host: web-canary}, weight: 0}]
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: outside, namespace: edge}
spec:
  hosts: [shop.example]
  tls:
  - match: [{port: 443, sniHosts: [shop.example]}]
    route: [{destination: {host: web-stable}, weight: 100}, {destination: {host: web-canary}, weight: 0}]
  - match: [{port: 443, sniHosts: [other.example]}]
    route: [{destination: {host: other}, weight: 100}]
  tcp:
  - match: [{port: 3306}]
    route: [{destination: {host: web-stable}, weight: 100}, {destination: {host: web-canary}, weight: 0}]
`;

export const istioWorlds: readonly ProviderWorld[] = [
  {
    name: 'by host, one named route of two',
    config: { virtualService: { name: 'web', routes: ['primary'] } },
    manifests: hosts,
    foreign: (objects) => [
      objects[0]?.metadata.annotations?.['other.example/tool'],
      objectAt(objects[0], 'spec')['gateways'],
      objectsAt(objectAt(objects[0], 'spec'), 'http').find((route) => textAt(route, 'name') === 'admin'),
      objectsAt(objectAt(objects[0], 'spec'), 'http').find((route) => textAt(route, 'name') === 'primary')?.[
        'timeout'
      ],
    ],
  },
  {
    name: 'by subset',
    isWithoutServices: true,
    config: {
      virtualService: { name: 'web' },
      destinationRule: { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' },
    },
    manifests: subsets,
    foreign: (objects) => {
      const rule = objects.find((o) => o.kind === 'DestinationRule');
      return [
        rule?.metadata.labels,
        objectAt(rule?.['spec'], 'trafficPolicy'),
        objectsAt(rule?.['spec'], 'subsets')[2],
      ];
    },
  },
  {
    name: 'several virtual services, HTTP, TLS and TCP',
    config: {
      virtualServices: [
        { name: 'inside' },
        {
          name: 'outside.edge',
          tlsRoutes: [{ port: 443, sniHosts: ['shop.example'] }],
          tcpRoutes: [{ port: 3306 }],
        },
      ],
    },
    manifests: several,
    foreign: (objects) => [objectsAt(objects.find((o) => o.metadata.name === 'outside')?.['spec'], 'tls')[1]],
  },
];
