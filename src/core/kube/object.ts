import type { KubeObject, OwnerReference } from '#api/k8s/meta.js';
import { textAt } from '#core/json/read.js';

/** `Kind/namespace/name`, or `Kind/name` for a cluster-scoped object: how messages name objects. */
export function subjectOf(
  object: Pick<KubeObject, 'kind'> & {
    readonly metadata: { readonly namespace?: string; readonly name: string };
  },
): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? `${object.kind}/${name}` : `${object.kind}/${namespace}/${name}`;
}

/** The one owner that controls the object, if any. */
export function controllerOf(object: Pick<KubeObject, 'metadata'>): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** The uid of the controller of an object, or of what an Event is about: by this caches find what belongs to an object. */
export function ownerUidOf(object: KubeObject): string | undefined {
  const owner = controllerOf(object);
  if (owner !== undefined || object.kind !== 'Event' || !('involvedObject' in object)) return owner?.uid;
  return textAt(object.involvedObject, 'uid');
}

/** The API group of an object's apiVersion; `''` for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/**
 * Compares two resource versions of one object: negative when `a` is older. They are decimal strings of any length;
 * a missing one is older than all.
 */
export function compareVersions(a: string | undefined, b: string | undefined): number {
  const left = a ?? '';
  const right = b ?? '';
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}
