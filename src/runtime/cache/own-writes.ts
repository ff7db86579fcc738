import type { Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { AppError } from '#ports/errors.js';
import type { Kube, NewObject, ObjectKey, Patch, WriteOptions } from '#ports/kube.js';
import { readsOf } from '../kube-reads.js';

/** Where the outcome of own writes becomes visible at once. */
export interface OwnWrites {
  isWatched(kind: Kind): boolean;
  /** The object as the server has stored it. */
  wrote(kind: Kind, object: KubeObject): void;
  /** The object of this uid does not exist any more. */
  removed(kind: Kind, namespace: string | undefined, name: string, uid: string): void;
  uidOf(kind: Kind, namespace: string | undefined, name: string): string | undefined;
}

/**
 * The same API server, whose writes are seen in `seen` at once. When it is unknown whether a write has happened (the
 * connection broke), the object is read back before the error goes on, so that nobody decides on what was before it.
 */
export function cachingKube(kube: Kube, seen: OwnWrites): Kube {
  async function written<T extends KubeObject>(
    kind: Kind,
    key: ObjectKey | undefined,
    options: WriteOptions | undefined,
    write: () => Promise<T>,
  ): Promise<T> {
    const isSeen = options?.dryRun !== true && seen.isWatched(kind);
    try {
      const stored = await write();
      // A subresource may answer with a kind of its own (Scale, Eviction), which is not the object.
      if (isSeen && stored.kind === kind.kind) seen.wrote(kind, stored);
      return stored;
    } catch (thrown) {
      if (isSeen && key !== undefined && isUncertain(thrown)) await readBack(kube, seen, key);
      throw thrown;
    }
  }

  return {
    ...readsOf(kube),
    create: async <T extends KubeObject>(kind: Kind, object: NewObject<T>, options?: WriteOptions) => {
      const { name } = object.metadata;
      const key = name === undefined ? undefined : keyOf(kind, object.metadata.namespace, name);
      const stored = await written(kind, key, options, () => kube.create(kind, object, options));
      // The answer is no pod: what the eviction made of it is read.
      const isEvicted = options?.subresource === 'eviction' && options.dryRun !== true;
      if (isEvicted && key !== undefined && seen.isWatched(kind)) await readBack(kube, seen, key);
      return stored;
    },
    update: <T extends KubeObject>(kind: Kind, object: T, options?: WriteOptions) => {
      const key = keyOf(kind, object.metadata.namespace, object.metadata.name);
      return written(kind, key, options, () => kube.update(kind, object, options));
    },
    patch: <T extends KubeObject = UnknownObject>(key: ObjectKey, patch: Patch, options?: WriteOptions) =>
      written(key.kind, key, options, () => kube.patch<T>(key, patch, options)),
    delete: async (key, options) => {
      const uid = options?.uid ?? seen.uidOf(key.kind, key.namespace, key.name);
      const isSeen = options?.dryRun !== true && seen.isWatched(key.kind) && uid !== undefined;
      const wasThere = await kube.delete(key, options);
      if (!isSeen) return wasThere;
      if (wasThere) await readBack(kube, seen, key, uid);
      else seen.removed(key.kind, key.namespace, key.name, uid);
      return wasThere;
    },
  };
}

/** What is there now: the object (finalizers and grace periods keep one for a while), another one, or none. */
async function readBack(kube: Kube, seen: OwnWrites, key: ObjectKey, deletedUid?: string): Promise<void> {
  try {
    const object = await kube.get(key);
    const uid = deletedUid ?? seen.uidOf(key.kind, key.namespace, key.name);
    if (uid !== undefined && object?.metadata.uid !== uid) {
      seen.removed(key.kind, key.namespace, key.name, uid);
    }
    if (object !== undefined) seen.wrote(key.kind, object);
  } catch (thrown) {
    // The watch will tell later what cannot be read now; preconditions guard the writes until then.
    if (!(thrown instanceof AppError)) throw thrown;
  }
}

function isUncertain(thrown: unknown): boolean {
  return (
    thrown instanceof AppError &&
    (thrown.code === 'KubeUnreachable' || thrown.code === 'KubeTimeout' || thrown.code === 'KubeUnavailable')
  );
}

function keyOf(kind: Kind, namespace: string | undefined, name: string): ObjectKey {
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
