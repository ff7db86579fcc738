import type { ConfigMap, Pod, Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { Cache } from '#ports/cache.js';

/** The variables of a container, or what is missing for them. */
export type Environment =
  | { readonly ok: true; readonly variables: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly message: string };

/**
 * What `env` and `envFrom` say: values with `$(NAME)` put in, fields of the pod, keys of ConfigMaps and Secrets. The words
 * of a missing one are the kubelet's.
 */
export function resolveEnvironment(
  pod: Pod,
  container: JsonObject,
  address: string,
  cache: Cache,
): Environment {
  const variables: Record<string, string> = {};
  for (const source of objectsAt(container, 'envFrom')) {
    const found = readSource(source, pod, cache);
    if (typeof found === 'string') return { ok: false, message: found };
    const prefix = textAt(source, 'prefix') ?? '';
    for (const [key, value] of Object.entries(found)) variables[prefix + key] = value;
  }
  for (const entry of objectsAt(container, 'env')) {
    const name = textAt(entry, 'name') ?? '';
    const value = readEntry(entry, pod, address, cache);
    if (value === undefined) continue;
    if (typeof value === 'object') return { ok: false, message: value.missing };
    variables[name] = value.replaceAll(
      /\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g,
      (whole, other: string) => variables[other] ?? whole,
    );
  }
  return { ok: true, variables };
}

type Missing = { readonly missing: string };

function readEntry(entry: JsonObject, pod: Pod, address: string, cache: Cache): string | Missing | undefined {
  const from = entry.valueFrom;
  if (!isObject(from)) return textAt(entry, 'value') ?? '';
  if (isObject(from.fieldRef)) return readField(pod, textAt(from.fieldRef, 'fieldPath') ?? '', address);
  for (const ref of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const source = from[ref];
    if (!isObject(source)) continue;
    const data = readData(
      ref === 'secretKeyRef' ? 'secret' : 'configmap',
      textAt(source, 'name') ?? '',
      pod,
      cache,
    );
    const value = data?.[textAt(source, 'key') ?? ''];
    if (value !== undefined) return value;
    if (source.optional === true) return undefined;
    const kind = ref === 'secretKeyRef' ? 'secret' : 'configmap';
    return {
      missing: missingText(
        kind,
        textAt(source, 'name') ?? '',
        pod,
        data === undefined ? undefined : textAt(source, 'key'),
      ),
    };
  }
  return undefined;
}

function readField(pod: Pod, path: string, address: string): string {
  const { metadata, spec } = pod;
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return objectAt(metadata, keyed[1] ?? '')[keyed[2] ?? '']?.toString() ?? '';
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': 'default',
    'status.podIP': address,
    'status.hostIP': '127.0.0.1',
  };
  return fields[path] ?? '';
}

function readSource(source: JsonObject, pod: Pod, cache: Cache): Readonly<Record<string, string>> | string {
  const isSecret = isObject(source.secretRef);
  const reference = objectAt(source, isSecret ? 'secretRef' : 'configMapRef');
  const name = textAt(reference, 'name') ?? '';
  const kind = isSecret ? 'secret' : 'configmap';
  return (
    readData(kind, name, pod, cache) ??
    (reference.optional === true ? {} : missingText(kind, name, pod, undefined))
  );
}

function readData(
  kind: 'secret' | 'configmap',
  name: string,
  pod: Pod,
  cache: Cache,
): Readonly<Record<string, string>> | undefined {
  const { namespace } = pod.metadata;
  if (kind === 'configmap') {
    const map = cache.get<ConfigMap>(kinds.configMap, namespace, name);
    return map === undefined ? undefined : (map.data ?? {});
  }
  const secret = cache.get<Secret>(kinds.secret, namespace, name);
  if (secret === undefined) return undefined;
  const decoded = Object.entries(secret.data ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value, 'base64').toString(),
  ]);
  return Object.fromEntries(decoded);
}

function missingText(kind: string, name: string, pod: Pod, key: string | undefined): string {
  if (key === undefined) return `${kind} "${name}" not found`;
  return `couldn't find key ${key} in ${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${pod.metadata.namespace ?? ''}/${name}`;
}
