import { apiVersionOf, type Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { AppError } from '#ports/errors.js';

/** The JSON of a body or a line; text that is none means that something else than an API server has answered. */
export function parseJson(text: string, subject: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new AppError('KubeUnavailable', `${subject}: the answer is not JSON: ${text.slice(0, 120)}`, {
      object: subject,
      cause: thrown,
    });
  }
  if (isObject(value)) return value;
  throw new AppError('KubeUnavailable', `${subject}: the answer is not an object`, { object: subject });
}

/** Their lists hold values, which are no objects and have no metadata. */
const metricsGroups = '.metrics.k8s.io';

/**
 * An object as the caller knows it: with the `apiVersion` and `kind` that lists leave out and metadata-only answers
 * replace; with `metadataOnly` nothing but metadata, even from a server that sent more.
 */
export function objectOfWire<T extends KubeObject>(
  kind: Kind,
  value: unknown,
  metadataOnly: boolean,
  subject: string,
): T {
  if (isObject(value) && value['metadata'] === undefined && kind.group.endsWith(metricsGroups)) {
    return objectOfWire(kind, { ...value, metadata: { name: kind.plural } }, metadataOnly, subject);
  }
  if (!isObject(value) || !isObject(value['metadata'])) {
    throw new AppError('KubeUnavailable', `${subject}: the answer is not a Kubernetes object`, {
      object: subject,
    });
  }
  const type = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  const object = metadataOnly
    ? { ...type, metadata: value['metadata'] }
    : { apiVersion: value['apiVersion'] ?? type.apiVersion, kind: value['kind'] ?? type.kind, ...value };
  // The server validates its objects against the kind's schema; here they are only given their static type.
  return object as unknown as T;
}
