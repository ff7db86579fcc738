import { fluxKeys } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { InventoryRef } from '#core/gitops/apply/inventory.js';
import type { DynamicWatchView } from '#ports/dynamic-watches.js';
import type { Kube } from '#ports/kube.js';
import type { Manager } from '#runtime/manager/manager.js';
import type { LiveObjects } from '../server/index.js';

interface Followed {
  readonly kind: Kind;
  readonly view: DynamicWatchView;
}

/**
 * The objects of inventories, one watch a kind by the label of ownership: the one that the controller of Kustomizations
 * has open already where it runs in this process, but for Secrets, of which metadata is enough. A kind is opened when it is
 * first asked for.
 */
export function createLiveObjects(manager: Manager, kube: Kube): LiveObjects {
  const followed = new Map<string, Followed | 'unknown'>();
  const objectListeners = new Set<(object: UnknownObject) => void>();
  const kindListeners = new Set<() => void>();
  const open = async (id: string, { group, version, kind: word }: InventoryRef): Promise<void> => {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const kind = await kube.resolve(apiVersion, word).catch(() => undefined);
    if (kind === undefined) {
      // Not served, or not to be found out now: whoever asks later asks again.
      followed.delete(id);
      return;
    }
    followed.set(id, { kind, view: watch(manager, kind) });
    manager.changes.subscribe(kind, (object) => {
      for (const listener of objectListeners) listener(object);
    });
    for (const listener of kindListeners) listener();
  };
  return {
    get: (ref) => {
      const id = `${ref.group}/${ref.version}/${ref.kind}`;
      const known = followed.get(id);
      if (known === undefined) {
        followed.set(id, 'unknown');
        void open(id, ref);
      }
      if (known === undefined || known === 'unknown' || !known.view.hasSynced()) return null;
      return known.view.get(ref.namespace, ref.name);
    },
    subscribe: (onObject, onKind) => {
      objectListeners.add(onObject);
      kindListeners.add(onKind);
      return () => {
        objectListeners.delete(onObject);
        kindListeners.delete(onKind);
      };
    },
  };
}

/** Whoever only shows has no use for what Secrets hold. */
function watch(manager: Manager, kind: Kind): DynamicWatchView {
  const metadataOnly = kind.group === '' && kind.kind === kinds.secret.kind;
  return manager.ensure({
    controller: 'page',
    kind,
    labelSelector: fluxKeys.kustomizationName,
    ...(metadataOnly ? { metadataOnly } : {}),
    keysOf: () => [],
  });
}
