import type { OwnerReference, UnknownObject } from '#api/k8s/meta.js';
import type { ApiRequest } from '../request.js';
import type { ApiStore } from '../store.js';
import type { Stored } from '../table.js';
import { addressOf } from './address.js';

/**
 * One pass of the garbage collector: deletes what has lost all its owners, works off the finalizers
 * `foregroundDeletion` and `orphan`. Deletions of one pass may make work for the next.
 * @returns how many writes it did; 0 means that there is nothing to collect.
 */
function collectGarbage(store: ApiStore): number {
  let writes = 0;
  for (const action of planCollection(store)) {
    if (store.handle({ userAgent: 'garbage-collector', ...action }).code < 400) writes += 1;
  }
  return writes;
}

/** Runs the collector until it finds nothing more. */
export function collectAllGarbage(store: ApiStore): number {
  let total = 0;
  for (let writes = collectGarbage(store); writes > 0; writes = collectGarbage(store)) total += writes;
  return total;
}

function planCollection(store: ApiStore): readonly ApiRequest[] {
  const { table } = store.view();
  return table
    .ownerUids()
    .flatMap((uid) => {
      const owner = table.byUid(uid);
      const dependents = table.dependentsOf(uid);
      if (owner === undefined) return dependents.flatMap((one) => planOrphan(store, one));
      return isDeleting(owner.object) ? planDeletion(store, owner, dependents) : [];
    })
    .concat(planFinished(store));
}

/** A dependent whose owner does not exist: it goes when no other owner is left, else it loses the reference. */
function planOrphan(store: ApiStore, { storageKey, object }: Stored): readonly ApiRequest[] {
  const { table } = store.view();
  const owners = object.metadata.ownerReferences ?? [];
  const living = owners.filter((owner) => table.byUid(owner.uid) !== undefined);
  if (living.length > 0) return [ownersPatch(store, storageKey, object, living)];
  if (isDeleting(object)) return [];
  return [deletion(store, storageKey, object, 'Background')];
}

function planDeletion(store: ApiStore, owner: Stored, dependents: readonly Stored[]): readonly ApiRequest[] {
  const { object } = owner;
  if (hasFinalizer(object, 'orphan'))
    return dependents.map((one) => {
      const others = (one.object.metadata.ownerReferences ?? []).filter((o) => o.uid !== object.metadata.uid);
      return ownersPatch(store, one.storageKey, one.object, others);
    });
  if (!hasFinalizer(object, 'foregroundDeletion')) return [];
  return dependents
    .filter((one) => !isDeleting(one.object))
    .map((one) => deletion(store, one.storageKey, one.object, 'Foreground'));
}

/** Objects in deletion whose dependents no longer hold them. */
function planFinished(store: ApiStore): readonly ApiRequest[] {
  const { table } = store.view();
  return table.deleting().flatMap(({ storageKey, object }) => {
    const dependents = table.dependentsOf(object.metadata.uid ?? '');
    if (hasFinalizer(object, 'orphan') && dependents.length === 0)
      return [finalizersPatch(store, storageKey, object, 'orphan')];
    const isHeld = dependents.some((one) => isBlocking(one.object, object));
    return hasFinalizer(object, 'foregroundDeletion') && !isHeld
      ? [finalizersPatch(store, storageKey, object, 'foregroundDeletion')]
      : [];
  });
}

function isBlocking(dependent: UnknownObject, owner: UnknownObject): boolean {
  const reference = dependent.metadata.ownerReferences?.find((one) => one.uid === owner.metadata.uid);
  return reference?.blockOwnerDeletion === true;
}

function isDeleting(object: UnknownObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

function hasFinalizer(object: UnknownObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) === true;
}

function deletion(store: ApiStore, storageKey: string, object: UnknownObject, policy: string): ApiRequest {
  const preconditions = { uid: object.metadata.uid };
  return {
    ...addressOf(store, storageKey, object),
    verb: 'delete',
    body: { propagationPolicy: policy, preconditions },
  };
}

function ownersPatch(
  store: ApiStore,
  storageKey: string,
  object: UnknownObject,
  owners: readonly OwnerReference[],
): ApiRequest {
  const ownerReferences = owners.length === 0 ? null : owners;
  return mergePatch(store, storageKey, object, { uid: object.metadata.uid, ownerReferences });
}

function finalizersPatch(
  store: ApiStore,
  storageKey: string,
  object: UnknownObject,
  gone: string,
): ApiRequest {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== gone);
  const { uid, resourceVersion } = object.metadata;
  return mergePatch(store, storageKey, object, { uid, resourceVersion, finalizers });
}

function mergePatch(
  store: ApiStore,
  storageKey: string,
  object: UnknownObject,
  metadata: unknown,
): ApiRequest {
  return { ...addressOf(store, storageKey, object), verb: 'patch', patchType: 'merge', body: { metadata } };
}
