import type { ApiStore, StoredChange } from './store/store.js';
import { collectAllGarbage } from './store/lifecycle/collect-garbage.js';
import { finalizeNamespace } from './store/lifecycle/finalize-namespace.js';
import type { Clock } from '#ports/clock.js';
import { isVirtualClock } from './engine/virtual-clock.js';

/** Removes what has lost its owners and the content of namespaces that end. @returns a function that stops it. */
export function startJanitor(store: ApiStore, clock: Clock): () => void {
  let hasWork = true;
  const clean = (): boolean => {
    if (!hasWork) return false;
    hasWork = false;
    collectAllGarbage(store);
    for (const name of endingNamespaces(store)) finalizeNamespace(store, name);
    return true;
  };
  const isVirtual = isVirtualClock(clock);
  const stopListening = store.onChange((change) => {
    if (!mayLeaveGarbage(store, change)) return;
    const isFirst = !hasWork;
    hasWork = true;
    if (isFirst && !isVirtual) setImmediate(clean);
  });
  if (!isVirtual) {
    setImmediate(clean);
    return stopListening;
  }
  const detach = clock.attach({ runReady: () => Promise.resolve(clean()) });
  return () => {
    detach();
    stopListening();
  };
}

/** Whether a change is one after which something may have to go: a removal, a deletion begun, an orphan born. */
function mayLeaveGarbage(store: ApiStore, { before, after }: StoredChange): boolean {
  if (after === undefined || after.metadata.deletionTimestamp !== undefined) return true;
  const owners = after.metadata.ownerReferences ?? [];
  if (before !== undefined && owners.length === before.metadata.ownerReferences?.length) return false;
  const { table } = store.view();
  return owners.some(({ uid }) => table.byUid(uid) === undefined);
}

function endingNamespaces(store: ApiStore): readonly string[] {
  const namespaces = store.view().table.list('namespaces', undefined);
  return namespaces
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map(({ metadata }) => metadata.name);
}
