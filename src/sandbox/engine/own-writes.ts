import type { Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import type { Kube, ObjectKey } from '#ports/kube.js';

/** Where the outcome of an own write goes. */
export interface OwnWrites {
  wrote(kind: Kind, object: KubeObject): void;
  /** The object as it was before; it is gone now. */
  removed(kind: Kind, object: KubeObject): void;
}

/** The same Kube, whose writes are told at once, so that a cache that lags behind still shows them. */
export function tellingOwnWrites(kube: Kube, told: OwnWrites): Kube {
  const tell = <T extends KubeObject>(kind: Kind, stored: T, dryRun: boolean | undefined): T => {
    if (dryRun !== true && stored.kind === kind.kind) told.wrote(kind, stored);
    return stored;
  };
  return {
    get: (key) => kube.get(key),
    list: (kind, options) => kube.list(kind, options),
    watch: (kind, options) => kube.watch(kind, options),
    logs: (pod, options) => kube.logs(pod, options),
    resolve: (apiVersion, kind) => kube.resolve(apiVersion, kind),
    create: async (kind, object, options) => {
      const stored = tell(kind, await kube.create(kind, object, options), options?.dryRun);
      if (options?.subresource === 'eviction') await tellEviction(kube, told, kind, object.metadata);
      return stored;
    },
    update: async (kind, object, options) =>
      tell(kind, await kube.update(kind, object, options), options?.dryRun),
    patch: async <T extends KubeObject = UnknownObject>(
      key: ObjectKey,
      patch: Parameters<Kube['patch']>[1],
      options?: Parameters<Kube['patch']>[2],
    ) => tell(key.kind, await kube.patch<T>(key, patch, options), options?.dryRun),
    delete: async (key, options) => {
      const before = await kube.get(key);
      const deleted = await kube.delete(key, options);
      if (options?.dryRun === true || before === undefined) return deleted;
      const after = await kube.get(key);
      if (after !== undefined && after.metadata.uid === before.metadata.uid) told.wrote(key.kind, after);
      else told.removed(key.kind, before);
      return deleted;
    },
  };
}

/** An evicted pod is on its way out; one that is gone already is told of by the watch. */
async function tellEviction(
  kube: Kube,
  told: OwnWrites,
  kind: Kind,
  { name = '', namespace }: { readonly name?: string; readonly namespace?: string },
): Promise<void> {
  const pod = await kube.get({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
  if (pod !== undefined) told.wrote(kind, pod);
}
