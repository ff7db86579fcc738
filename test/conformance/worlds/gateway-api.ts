import type { UnknownObject } from '#api/k8s/meta.js';
import type { JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import { routeSpec, type RouteMatches } from '#sandbox/store/crd/route-spec.js';
import { applySchemaDefaults } from '#sandbox/store/schema/defaults.js';
import type { ProviderWorld } from '../world.js';

/** Stores a route as an API server with the definitions of the Gateway API does. */
const filledIn =
  (matches: RouteMatches) =>
  (object: UnknownObject): UnknownObject => ({
    ...object,
    spec: applySchemaDefaults(routeSpec(matches), object['spec']),
  });

/** As the standard channel before 1.4 does: it knows no names of rules. */
const withoutNames = (object: UnknownObject): UnknownObject => {
  const spec = objectAt(filledIn('paths')(object), 'spec');
  const rules = objectsAt(spec, 'rules').map(({ name: _name, ...rule }): JsonObject => rule);
  return { ...object, spec: { ...spec, rules } };
};

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
    stored: filledIn('paths'),
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
    name: 'an HTTPRoute of definitions that drop the names of rules',
    config: { httpRoutes: [{ name: 'web', useHeaderRoutes: true }] },
    manifests: http,
    stored: withoutNames,
    foreign: ([object]) => [
      objectsAt(objectAt(object, 'spec'), 'rules').find((rule) => JSON.stringify(rule).includes('/admin')),
    ],
  },
  {
    name: 'a GRPCRoute in a list',
    config: { grpcRoutes: [{ name: 'web', useHeaderRoutes: true }] },
    manifests: grpc,
    stored: filledIn('methods'),
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
    stored: filledIn('nothing'),
    foreign: ([object]) => [objectAt(object, 'spec')['parentRefs']],
    lacks: ['mirror', 'header'],
  },
];
