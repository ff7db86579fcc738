import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { ProviderWorld } from '../world.js';

const http = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop, generation: 2, labels: {team: shop}}
spec:
  parentRefs: [{name: edge}]
  hostnames: [shop.example]
  rules:
  - name: primary
    matches:
    - {path: {type: PathPrefix, value: /}}
    filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-from, value: edge}]}}]
    timeouts: {request: 5s}
    backendRefs:
    - {name: web-stable, port: 80, weight: 100}
    - {name: web-canary, port: 80, weight: 0}
  - name: admin
    matches: [{path: {type: PathPrefix, value: /admin}}]
    backendRefs: [{name: admin, port: 80}]
status:
  parents:
  - parentRef: {name: edge}
    controllerName: example.com/edge
    conditions: [{type: Accepted, status: "True", observedGeneration: 1}]
`;

const grpc = `
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {name: web, namespace: shop, generation: 2}
spec:
  parentRefs: [{name: edge}]
  rules:
  - matches: [{method: {service: shop.Cart}}]
    backendRefs: [{name: web-stable, port: 80, weight: 100}, {name: web-canary, port: 80, weight: 0}]
status: {parents: [{conditions: [{type: Accepted, status: "True", observedGeneration: 1}]}]}
`;

const selected = `
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TCPRoute
metadata: {name: web, namespace: shop, generation: 2, labels: {release: web}}
spec:
  parentRefs: [{name: edge}]
  rules:
  - backendRefs: [{name: web-stable, port: 80, weight: 100}, {name: web-canary, port: 80, weight: 0}]
status: {parents: [{conditions: [{type: Accepted, status: "True", observedGeneration: 1}]}]}
`;

export const gatewayApiWorlds: readonly ProviderWorld[] = [
  {
    name: 'an HTTPRoute with rules of others',
    config: { httpRoute: 'web' },
    manifests: http,
    foreign: ([object]) => {
      const spec = objectAt(object, 'spec');
      const named = (name: string) => objectsAt(spec, 'rules').find((rule) => textAt(rule, 'name') === name);
      const primary = named('primary');
      return [
        object?.metadata.labels?.['team'],
        spec['hostnames'],
        named('admin'),
        primary?.['timeouts'],
        primary?.['filters'],
      ];
    },
  },
  {
    name: 'a GRPCRoute in a list',
    config: { grpcRoutes: [{ name: 'web', useHeaderRoutes: true }] },
    manifests: grpc,
    foreign: ([object]) => [
      objectsAt(objectAt(object, 'spec'), 'rules')[0]?.['matches'],
      object?.metadata.name,
    ],
    lacks: ['mirror'],
  },
  {
    name: 'a TCPRoute by label',
    config: { tcpRouteSelector: { matchLabels: { release: 'web' } } },
    manifests: selected,
    foreign: ([object]) => [objectAt(object, 'spec')['parentRefs']],
    lacks: ['mirror', 'header'],
  },
];
