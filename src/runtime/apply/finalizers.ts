import type { Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';

function hasFinalizer(object: Pick<KubeObject, 'metadata'>, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

function isBeingDeleted(object: Pick<KubeObject, 'metadata'>): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** Adds the finalizer when it is absent; a stale object is a Conflict. */
export async function addFinalizer<T extends KubeObject>(
  kube: Kube,
  kind: Kind,
  object: T,
  finalizer: string,
): Promise<T> {
  if (hasFinalizer(object, finalizer)) return object;
  return writeFinalizers(kube, kind, object, [...(object.metadata.finalizers ?? []), finalizer]);
}

/**
 * Removes the finalizer when it is there; a stale object is a Conflict.
 * @returns the object as stored; `undefined` when that was the last one and the object is gone.
 */
export async function removeFinalizer<T extends KubeObject>(
  kube: Kube,
  kind: Kind,
  object: T,
  finalizer: string,
): Promise<T | undefined> {
  if (!hasFinalizer(object, finalizer)) return object;
  const rest = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  try {
    const stored = await writeFinalizers(kube, kind, object, rest);
    return isBeingDeleted(stored) && rest.length === 0 ? undefined : stored;
  } catch (thrown) {
    // Gone already is what the caller wanted.
    if (thrown instanceof AppError && thrown.code === 'KubeNotFound') return undefined;
    throw thrown;
  }
}

function writeFinalizers<T extends KubeObject>(
  kube: Kube,
  kind: Kind,
  object: T,
  finalizers: readonly string[],
): Promise<T> {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  const metadata = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    finalizers,
  };
  const key = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
  return kube.patch<T>(key, { type: 'merge', body: { metadata } });
}
