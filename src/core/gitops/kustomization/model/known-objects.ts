import type { KustomizationSpec } from '#api/flux/kustomization.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { compareVersions } from '#core/kube/object.js';
import { contentFingerprint, fingerprintsOf } from '../../apply/fingerprints.js';
import { ignoredPaths } from '../../apply/ignore.js';
import { inventoryId } from '../../apply/inventory.js';
import { leaseText } from '../../apply/lease.js';
import type { KnownObject, ManagedObject } from './kustomization-run.js';
import type { KustomizationSnapshot } from './kustomization-snapshot.js';

/** As whom objects are applied, and to which cluster: what another one has applied has to be tried anew. */
export function identityOf({ serviceAccountName, kubeConfig }: KustomizationSpec): string {
  return JSON.stringify([serviceAccountName, kubeConfig]);
}

/**
 * What of a stage can be told without asking the server: the watches show it as it was applied. Who is not among them has
 * to be looked at.
 */
export function knownObjects(
  snapshot: KustomizationSnapshot,
  objects: readonly UnknownObject[],
): readonly KnownObject[] {
  if (snapshot.memory.managedAs !== identityOf(snapshot.object.spec)) return [];
  const managed = new Map((snapshot.memory.managed ?? []).map((each) => [each.id, each]));
  return objects.flatMap((object) => {
    const id = inventoryId(object);
    const before = managed.get(id);
    const live = snapshot.watched.get(id)?.object;
    if (before?.payload === undefined || live === undefined || hasChanged(snapshot, before, live)) return [];
    if (live.metadata.deletionTimestamp !== undefined) return [];
    const isSettled = before.payload === JSON.stringify(object);
    // Whose ignored fields are others' is only in the managed fields.
    if (!isSettled && ignoredPaths(object, snapshot.object.spec.ignore).length > 0) return [];
    return [{ id, kind: before.kind, live, isSettled }];
  });
}

/** Whether the watches show something applied that is gone or no longer as it was. */
export function hasDrifted(snapshot: KustomizationSnapshot): boolean {
  return (snapshot.memory.managed ?? []).some((before) => {
    const seen = snapshot.watched.get(before.id);
    if (seen === undefined) return false;
    return seen.object === undefined || hasChanged(snapshot, before, seen.object);
  });
}

function hasChanged(
  { leases, object }: KustomizationSnapshot,
  before: ManagedObject,
  live: UnknownObject,
): boolean {
  if (before.payload === undefined) return false;
  if (leaseText(live, leases, before.payload) !== before.leased) return true;
  const { resourceVersion } = live.metadata;
  // A watch that lags behind what was stored says nothing yet.
  const isLagging = before.version !== undefined && compareVersions(resourceVersion, before.version) <= 0;
  if (isLagging) return false;
  const ignored = ignoredPaths(live, object.spec.ignore);
  return contentFingerprint(live, leases, ignored) !== before.content;
}

/** Whether an object that others changed still has every value that its manifest sets. */
export function keepsOwnValues(
  { memory, leases, object }: KustomizationSnapshot,
  desired: UnknownObject,
  live: UnknownObject,
): boolean {
  const id = inventoryId(desired);
  const before = memory.managed?.find((each) => each.id === id);
  if (before?.payload === undefined || before.payload !== JSON.stringify(desired)) return false;
  const ignored = ignoredPaths(desired, object.spec.ignore);
  return fingerprintsOf(desired, live, leases, ignored).own === before.own;
}
