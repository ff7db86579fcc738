import { fluxKeys } from '#api/flux/words.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { objectAt } from '#core/json/read.js';
import { groupOf } from '#core/kube/object.js';
import { typedForm } from './typed-form.js';

/** Groups whose kinds the API server itself defines. */
const builtInGroups = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'extensions',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'networking.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/** Built objects made ready for apply: normal form, labels of ownership, common metadata of the spec. */
export function prepareObjects(
  objects: readonly UnknownObject[],
  { metadata, spec }: Pick<Kustomization, 'metadata' | 'spec'>,
): readonly UnknownObject[] {
  const ownership = {
    [fluxKeys.kustomizationName]: metadata.name,
    [fluxKeys.kustomizationNamespace]: metadata.namespace ?? '',
  };
  const { labels, annotations } = spec.commonMetadata ?? {};
  return objects.map((object) => {
    const normal = normalize(object);
    const allAnnotations = { ...normal.metadata.annotations, ...annotations };
    return {
      ...normal,
      metadata: {
        ...normal.metadata,
        labels: { ...normal.metadata.labels, ...ownership, ...labels },
        ...(Object.keys(allAnnotations).length === 0 ? {} : { annotations: allAnnotations }),
      },
    };
  });
}

function normalize(object: UnknownObject): UnknownObject {
  const { creationTimestamp: _created, ...metadata } = object.metadata;
  if (!builtInGroups.has(groupOf(object.apiVersion))) return { ...object, metadata };
  const { status: _status, ...rest } = object;
  const plain = { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata };
  if (object.kind === 'Secret' && object.apiVersion === 'v1') return foldStringData(plain);
  if (object.kind === 'Service' && object.apiVersion === 'v1') return defaultProtocols(plain);
  if (object.kind === 'CustomResourceDefinition') return withoutBadBundle(plain);
  return typedForm(plain);
}

/** Without a certificate of the conversion webhook that is no base64, as it stands in manifests for somebody to fill in. */
function withoutBadBundle(definition: UnknownObject): UnknownObject {
  const spec = objectAt(definition, 'spec');
  const conversion = objectAt(spec, 'conversion');
  const webhook = objectAt(conversion, 'webhook');
  const { caBundle, ...clientConfig } = objectAt(webhook, 'clientConfig');
  if (caBundle === undefined || isBase64(caBundle)) return definition;
  const kept = { ...conversion, webhook: { ...webhook, clientConfig } };
  return { ...definition, spec: { ...spec, conversion: kept } };
}

function isBase64(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)
  );
}

/** A Secret's `stringData` as base64 in `data`, where it wins. */
function foldStringData(secret: UnknownObject): UnknownObject {
  if (!isObject(secret['stringData'])) return secret;
  const { stringData, ...rest } = secret;
  const encoded = Object.entries(isObject(stringData) ? stringData : {}).map(
    ([key, value]) => [key, base64Of(new TextEncoder().encode(String(value)))] as const,
  );
  return {
    ...rest,
    apiVersion: secret.apiVersion,
    kind: secret.kind,
    metadata: secret.metadata,
    data: { ...objectAt(secret, 'data'), ...Object.fromEntries(encoded) },
  };
}

/** The ports of a Service are merged by port and protocol, so the protocol has to be said. */
function defaultProtocols(service: UnknownObject): UnknownObject {
  const spec = objectAt(service, 'spec');
  if (!Array.isArray(spec['ports'])) return service;
  const withProtocol = (port: unknown) =>
    isObject(port) ? ({ protocol: 'TCP', ...port } as JsonObject) : port;
  return { ...service, spec: { ...spec, ports: spec['ports'].map(withProtocol) } };
}

/** Standard base64 of bytes. */
export function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
