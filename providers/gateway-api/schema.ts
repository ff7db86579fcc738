import { Type, type Static } from '@sinclair/typebox';
import type { LabelSelector } from '#api/k8s/meta.js';
import type { Kind } from '#api/kinds.js';
import { objectsAt, textAt } from '#core/json/read.js';

const name = Type.Optional(Type.String());
const routes = Type.Optional(
  Type.Array(Type.Object({ name: Type.String(), useHeaderRoutes: Type.Optional(Type.Boolean()) })),
);
const requirement = Type.Object({
  key: Type.String(),
  operator: Type.String(),
  values: Type.Optional(Type.Array(Type.String())),
});
const selector = Type.Optional(
  Type.Unsafe<LabelSelector>(
    Type.Object({
      matchLabels: Type.Optional(Type.Object({}, { additionalProperties: Type.String() })),
      matchExpressions: Type.Optional(Type.Array(requirement)),
    }),
  ),
);

/** The name of the peer's plugin, under which the configuration stands. */
export const plugin = 'argoproj-labs/gatewayAPI';

/** `spec.strategy.canary.trafficRouting.plugins["argoproj-labs/gatewayAPI"]`. */
export const gatewayApiSchema = Type.Object({
  httpRoute: name,
  grpcRoute: name,
  tcpRoute: name,
  tlsRoute: name,
  httpRoutes: routes,
  grpcRoutes: routes,
  tcpRoutes: routes,
  tlsRoutes: routes,
  httpRouteSelector: selector,
  grpcRouteSelector: selector,
  tcpRouteSelector: selector,
  tlsRouteSelector: selector,
  /** Default: the namespace of the Rollout. */
  namespace: Type.Optional(Type.String()),
  disableInProgressLabel: Type.Optional(Type.Boolean()),
  /** Default `rollouts.argoproj.io/gatewayapi-canary`. */
  inProgressLabelKey: Type.Optional(Type.String()),
  /** Default `in-progress`. */
  inProgressLabelValue: Type.Optional(Type.String()),
});

export type GatewayApiConfig = Static<typeof gatewayApiSchema>;

/** A kind of routes and the fields of the configuration that name some. */
export interface RouteKind {
  readonly kind: Kind;
  readonly one: 'httpRoute' | 'grpcRoute' | 'tcpRoute' | 'tlsRoute';
  readonly many: 'httpRoutes' | 'grpcRoutes' | 'tcpRoutes' | 'tlsRoutes';
  readonly selector: 'httpRouteSelector' | 'grpcRouteSelector' | 'tcpRouteSelector' | 'tlsRouteSelector';
  /** Its rules can ask for headers. */
  readonly hasHeaders: boolean;
  /** Its rules match paths, every path where they name none. */
  readonly hasPaths: boolean;
  /** Its rules can ask for methods and paths as steps name them, and copy requests. */
  readonly hasMirrors: boolean;
}

const group = 'gateway.networking.k8s.io';

export const routeKinds: readonly RouteKind[] = [
  {
    kind: routeKind('v1', 'HTTPRoute'),
    one: 'httpRoute',
    many: 'httpRoutes',
    selector: 'httpRouteSelector',
    hasHeaders: true,
    hasPaths: true,
    hasMirrors: true,
  },
  {
    kind: routeKind('v1', 'GRPCRoute'),
    one: 'grpcRoute',
    many: 'grpcRoutes',
    selector: 'grpcRouteSelector',
    hasHeaders: true,
    hasPaths: false,
    hasMirrors: false,
  },
  {
    kind: routeKind('v1alpha2', 'TCPRoute'),
    one: 'tcpRoute',
    many: 'tcpRoutes',
    selector: 'tcpRouteSelector',
    hasHeaders: false,
    hasPaths: false,
    hasMirrors: false,
  },
  {
    kind: routeKind('v1alpha2', 'TLSRoute'),
    one: 'tlsRoute',
    many: 'tlsRoutes',
    selector: 'tlsRouteSelector',
    hasHeaders: false,
    hasPaths: false,
    hasMirrors: false,
  },
];

function routeKind(version: string, kind: string): Kind {
  return { group, version, kind, plural: `${kind.toLowerCase()}s`, namespaced: true };
}

/** A route that the configuration names. */
export interface NamedRoute {
  readonly of: RouteKind;
  readonly name: string;
  readonly useHeaderRoutes: boolean;
}

/** Routes by name, in the order of the kinds and of the configuration, which nobody may have checked yet. */
export function namedRoutes(config: GatewayApiConfig): readonly NamedRoute[] {
  return routeKinds.flatMap((of) => {
    const single = textAt(config, of.one) ?? '';
    const one = single === '' ? [] : [{ of, name: single, useHeaderRoutes: true }];
    const many = objectsAt(config, of.many).map((each) => {
      return { of, name: textAt(each, 'name') ?? '', useHeaderRoutes: each['useHeaderRoutes'] === true };
    });
    return [...one, ...many];
  });
}

/** The label that a route carries while the canary has weight; `undefined` when it is switched off. */
export function progressLabel(config: GatewayApiConfig): readonly [key: string, value: string] | undefined {
  if (config.disableInProgressLabel === true) return undefined;
  const key = config.inProgressLabelKey ?? '';
  const value = config.inProgressLabelValue ?? '';
  return [key === '' ? 'rollouts.argoproj.io/gatewayapi-canary' : key, value === '' ? 'in-progress' : value];
}
