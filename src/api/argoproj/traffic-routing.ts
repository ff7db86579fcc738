import { Type, type Static } from '@sinclair/typebox';
import { anything, int32, int64, keepUnknown, stringMap } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';

const names = () => Type.Optional(Type.Array(Type.String()));
const nameRef = () => Type.Object({ name: Type.String() }, keepUnknown);

/** A VirtualService; `name` may be `name.namespace`. Without `routes` the one route that there is, is meant. */
export const istioVirtualServiceSchema = Type.Object(
  {
    name: Type.String(),
    routes: names(),
    tlsRoutes: Type.Optional(
      Type.Array(Type.Object({ port: Type.Optional(int64()), sniHosts: names() }, keepUnknown)),
    ),
    tcpRoutes: Type.Optional(Type.Array(Type.Object({ port: Type.Optional(int64()) }, keepUnknown))),
  },
  keepUnknown,
);
export type IstioVirtualService = DeepReadonly<Static<typeof istioVirtualServiceSchema>>;

export const istioRoutingSchema = Type.Object(
  {
    virtualService: Type.Optional(istioVirtualServiceSchema),
    virtualServices: Type.Optional(Type.Array(istioVirtualServiceSchema)),
    destinationRule: Type.Optional(
      Type.Object(
        {
          name: Type.String(),
          canarySubsetName: Type.String(),
          stableSubsetName: Type.String(),
          additionalSubsetNames: names(),
        },
        keepUnknown,
      ),
    ),
  },
  keepUnknown,
);
export type IstioRouting = DeepReadonly<Static<typeof istioRoutingSchema>>;

/** `annotationPrefix` is `nginx.ingress.kubernetes.io` when absent. */
export const nginxRoutingSchema = Type.Object(
  {
    annotationPrefix: Type.Optional(Type.String()),
    stableIngress: Type.Optional(Type.String()),
    stableIngresses: names(),
    additionalIngressAnnotations: Type.Optional(stringMap()),
    canaryIngressAnnotations: Type.Optional(stringMap()),
  },
  keepUnknown,
);
export type NginxRouting = DeepReadonly<Static<typeof nginxRoutingSchema>>;

export const albRoutingSchema = Type.Object(
  {
    ingress: Type.Optional(Type.String()),
    ingresses: names(),
    servicePort: int32(),
    rootService: Type.Optional(Type.String()),
    annotationPrefix: Type.Optional(Type.String()),
    stickinessConfig: Type.Optional(
      Type.Object({ enabled: Type.Boolean(), durationSeconds: int64() }, keepUnknown),
    ),
  },
  keepUnknown,
);
export type AlbRouting = DeepReadonly<Static<typeof albRoutingSchema>>;

/** How requests are split. Several routers may be set together; each is driven in turn. */
export const trafficRoutingSchema = Type.Object({
  istio: Type.Optional(istioRoutingSchema),
  nginx: Type.Optional(nginxRoutingSchema),
  alb: Type.Optional(albRoutingSchema),
  smi: Type.Optional(
    Type.Object(
      { rootService: Type.Optional(Type.String()), trafficSplitName: Type.Optional(Type.String()) },
      keepUnknown,
    ),
  ),
  ambassador: Type.Optional(Type.Object({ mappings: Type.Array(Type.String()) }, keepUnknown)),
  appMesh: Type.Optional(
    Type.Object(
      {
        virtualService: Type.Optional(Type.Object({ name: Type.String(), routes: names() }, keepUnknown)),
        virtualNodeGroup: Type.Optional(
          Type.Object({ canaryVirtualNodeRef: nameRef(), stableVirtualNodeRef: nameRef() }, keepUnknown),
        ),
      },
      keepUnknown,
    ),
  ),
  traefik: Type.Optional(Type.Object({ weightedTraefikServiceName: Type.String() }, keepUnknown)),
  apisix: Type.Optional(
    Type.Object(
      { route: Type.Optional(Type.Object({ name: Type.String(), rules: names() }, keepUnknown)) },
      keepUnknown,
    ),
  ),
  plugins: Type.Optional(Type.Record(Type.String(), anything())),
  managedRoutes: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
  maxTrafficWeight: Type.Optional(int32()),
});
export type TrafficRouting = DeepReadonly<Static<typeof trafficRoutingSchema>>;
