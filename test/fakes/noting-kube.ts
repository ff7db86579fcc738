import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { subjectOf } from '#core/kube/object.js';
import type { Kube, ObjectKey, Patch, WriteOptions } from '#ports/kube.js';
import { readsOf } from '#runtime/kube-reads.js';

/** The same Kube; `note` hears `Kind/namespace/name` of every write that is done, dry runs left out. */
export function notingKube(kube: Kube, note: (subject: string) => void): Kube {
  const noted = <T extends KubeObject>(stored: T, options: WriteOptions | undefined): T => {
    if (options?.dryRun !== true) note(subjectOf(stored));
    return stored;
  };
  return {
    ...readsOf(kube),
    create: async (kind, object, options) => noted(await kube.create(kind, object, options), options),
    update: async (kind, object, options) => noted(await kube.update(kind, object, options), options),
    patch: async <T extends KubeObject = UnknownObject>(
      key: ObjectKey,
      patch: Patch,
      options?: WriteOptions,
    ) => noted(await kube.patch<T>(key, patch, options), options),
    delete: async (key, options) => {
      const wasThere = await kube.delete(key, options);
      if (wasThere && options?.dryRun !== true) {
        note([key.kind.kind, ...(key.namespace === undefined ? [] : [key.namespace]), key.name].join('/'));
      }
      return wasThere;
    },
  };
}
