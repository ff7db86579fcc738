import type { UnknownObject } from '#api/k8s/meta.js';
import type { JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { TrafficRequest } from '#core/traffic/request.js';
import { canaryIngressName, defaultAnnotationPrefix, weightKeys, type NginxConfig } from './schema.js';

const classAnnotation = 'kubernetes.io/ingress.class';

/** The rules of the stable Ingress that send something to the stable Service, with that backend renamed to the canary's. */
export function canaryRules(
  stable: UnknownObject,
  stableService: string,
  canaryService: string,
): readonly JsonObject[] {
  return objectsAt(stable['spec'], 'rules')
    .filter((rule) => objectsAt(rule['http'], 'paths').some((path) => serviceOf(path) === stableService))
    .map((rule) => {
      const http = objectAt(rule, 'http');
      const paths = objectsAt(http, 'paths').map((path) =>
        serviceOf(path) === stableService ? renamed(path, canaryService) : path,
      );
      return { ...rule, http: { ...http, paths } };
    });
}

/** The canary Ingress that stands beside a stable one; what others wrote on an existing one is kept. */
export function buildCanaryIngress(
  config: NginxConfig,
  request: TrafficRequest,
  stable: UnknownObject,
  existing: UnknownObject | undefined,
): UnknownObject {
  const spec = objectAt(stable, 'spec');
  const copied: Record<string, unknown> = {
    rules: canaryRules(stable, request.stable.service, request.canary.service),
  };
  if (spec['ingressClassName'] !== undefined) copied['ingressClassName'] = spec['ingressClassName'];
  if (spec['tls'] !== undefined) copied['tls'] = spec['tls'];
  return {
    ...existing,
    apiVersion: stable.apiVersion,
    kind: stable.kind,
    metadata: {
      ...existing?.metadata,
      name: canaryIngressName(request.rollout.name, stable.metadata.name),
      namespace: request.rollout.namespace,
      annotations: { ...existing?.metadata.annotations, ...wantedAnnotations(config, request, stable) },
    },
    spec: { ...objectAt(existing, 'spec'), ...copied },
  };
}

function wantedAnnotations(
  config: NginxConfig,
  request: TrafficRequest,
  stable: UnknownObject,
): Record<string, string> {
  const prefix = config.annotationPrefix ?? defaultAnnotationPrefix;
  const keys = weightKeys(config);
  const wanted: Record<string, string> = {};
  const className = stable.metadata.annotations?.[classAnnotation];
  if (className !== undefined) wanted[classAnnotation] = className;
  for (const [key, value] of Object.entries(config.additionalIngressAnnotations ?? {})) {
    wanted[key.startsWith(prefix) ? key : `${prefix}/${key}`] = value;
  }
  Object.assign(wanted, config.canaryIngressAnnotations);
  wanted[keys.canary] = 'true';
  wanted[keys.weight] = String(request.canaryWeight);
  if (request.isMaxWeightSet) wanted[keys.total] = String(request.maxWeight);
  return wanted;
}

function serviceOf(path: JsonObject): string | undefined {
  return textAt(objectAt(path['backend'], 'service'), 'name');
}

function renamed(path: JsonObject, service: string): JsonObject {
  const backend = objectAt(path, 'backend');
  return { ...path, backend: { ...backend, service: { ...objectAt(backend, 'service'), name: service } } };
}
