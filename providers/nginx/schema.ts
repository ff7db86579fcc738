import { Type, type Static } from '@sinclair/typebox';

const text = Type.String();
const annotations = Type.Record(text, text);

/** `spec.strategy.canary.trafficRouting.nginx`. */
export const nginxSchema = Type.Object({
  stableIngress: Type.Optional(text),
  stableIngresses: Type.Optional(Type.Array(text)),
  /** Default `nginx.ingress.kubernetes.io`. */
  annotationPrefix: Type.Optional(text),
  additionalIngressAnnotations: Type.Optional(annotations),
  canaryIngressAnnotations: Type.Optional(annotations),
});

export type NginxConfig = Static<typeof nginxSchema>;

export const defaultAnnotationPrefix = 'nginx.ingress.kubernetes.io';

/** The user's Ingresses, in the order of the spec. */
export function stableIngressNames(config: NginxConfig): readonly string[] {
  if (config.stableIngresses !== undefined && config.stableIngresses.length > 0)
    return config.stableIngresses;
  return config.stableIngress === undefined || config.stableIngress === '' ? [] : [config.stableIngress];
}

/** `<rollout>-<stable ingress>-canary`, the front cut so that the whole has at most 253 characters. */
export function canaryIngressName(rolloutName: string, stableIngress: string): string {
  const suffix = '-canary';
  return `${`${rolloutName}-${stableIngress}`.slice(0, 253 - suffix.length)}${suffix}`;
}

/** The keys that carry the weight, which no user annotation may override. */
export function weightKeys(config: NginxConfig): {
  readonly canary: string;
  readonly weight: string;
  readonly total: string;
} {
  const prefix = config.annotationPrefix ?? defaultAnnotationPrefix;
  return {
    canary: `${prefix}/canary`,
    weight: `${prefix}/canary-weight`,
    total: `${prefix}/canary-weight-total`,
  };
}
