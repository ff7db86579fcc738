import { Type, type Static } from '@sinclair/typebox';

const text = Type.String();

const virtualService = Type.Object({
  /** `name` or `name.namespace`. */
  name: text,
  routes: Type.Optional(Type.Array(text)),
  tlsRoutes: Type.Optional(
    Type.Array(
      Type.Object({ port: Type.Optional(Type.Integer()), sniHosts: Type.Optional(Type.Array(text)) }),
    ),
  ),
  tcpRoutes: Type.Optional(Type.Array(Type.Object({ port: Type.Optional(Type.Integer()) }))),
});

/** `spec.strategy.canary.trafficRouting.istio`. */
export const istioSchema = Type.Object({
  virtualService: Type.Optional(virtualService),
  virtualServices: Type.Optional(Type.Array(virtualService)),
  destinationRule: Type.Optional(
    Type.Object({
      name: text,
      canarySubsetName: text,
      stableSubsetName: text,
      additionalSubsetNames: Type.Optional(Type.Array(text)),
    }),
  ),
});

export type IstioConfig = Static<typeof istioSchema>;
export type VirtualServiceConfig = Static<typeof virtualService>;

/** The configured virtual services, in the order of the spec. */
export function virtualServicesOf(config: IstioConfig): readonly VirtualServiceConfig[] {
  if (config.virtualServices !== undefined && config.virtualServices.length > 0)
    return config.virtualServices;
  return config.virtualService === undefined ? [] : [config.virtualService];
}

/** Where a virtual service lives: `name` in the Rollout's namespace, or `name.namespace`, `.cluster.local` cut off. */
export function locate(
  name: string,
  rolloutNamespace: string,
): { readonly namespace: string; readonly name: string } {
  const short = name.replace(/\.cluster\.local$/, '');
  const dot = short.lastIndexOf('.');
  return dot < 0
    ? { namespace: rolloutNamespace, name: short }
    : { namespace: short.slice(dot + 1), name: short.slice(0, dot) };
}
