import type { UnknownObject } from '#api/k8s/meta.js';

const shrunk = new WeakMap<UnknownObject, UnknownObject>();

/** The object as PartialObjectMetadata, but under its own kind; the same result for the same object. */
export function metadataOnlyOf(object: UnknownObject): UnknownObject {
  const known = shrunk.get(object);
  if (known !== undefined) return known;
  const { apiVersion, kind, metadata } = object;
  const result = Object.freeze({ apiVersion, kind, metadata });
  shrunk.set(object, result);
  return result;
}
