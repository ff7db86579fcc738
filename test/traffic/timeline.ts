import { kinds, type Kind } from '#api/kinds.js';
import type { Kube } from '#ports/kube.js';

/** A write to an object of a run, as the watch told it. */
export interface Write {
  readonly at: number;
  /** One counter of the whole store, so that writes to different kinds have an order. */
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: any;
}

/** What happened to the objects of one namespace, as it happens. */
export interface Timeline {
  readonly writes: readonly Write[];
  /** Writes to objects of a kind, oldest first. */
  of(kind: Kind): readonly Write[];
  stop(): Promise<void>;
}

/** The kinds that every router needs; its own come on top. */
const always: readonly Kind[] = [kinds.rollout, kinds.service, kinds.replicaSet, kinds.pod];

export async function watchNamespace(
  kube: Kube,
  namespace: string,
  routes: readonly Kind[],
): Promise<Timeline> {
  const writes: Write[] = [];
  const leaving = new AbortController();
  const follow = async (kind: Kind, resourceVersion: string): Promise<void> => {
    let from = resourceVersion;
    while (!leaving.signal.aborted) {
      const options = { namespace, resourceVersion: from, signal: leaving.signal };
      for await (const event of kube.watch<any>(kind, options)) {
        if (event.type === 'BOOKMARK' || event.type === 'ERROR') continue;
        from = event.object.metadata.resourceVersion;
        // Watches leave kind and apiVersion out of what the cache keeps.
        const object = { ...event.object, kind: kind.kind };
        writes.push({ at: Date.now(), version: Number(from), type: event.type, object });
      }
    }
  };
  const followed = [...always, ...routes].map(async (kind) => {
    const { resourceVersion } = await kube.list(kind, { namespace });
    return { ended: follow(kind, resourceVersion).catch(() => undefined) };
  });
  const watches = await Promise.all(followed);
  return {
    writes,
    of: (kind) => writes.filter(({ object }) => object.kind === kind.kind),
    stop: async () => {
      leaving.abort();
      await Promise.all(watches.map(({ ended }) => ended));
    },
  };
}
