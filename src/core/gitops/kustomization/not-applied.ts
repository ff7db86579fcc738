import type { LeasedFields } from '#api/flux/kustomization.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { isEqual } from '#core/json/json.js';
import { subjectOf } from '#core/kube/object.js';
import { inventoryId } from '../apply/inventory.js';
import { leasesOf, withLeasedValues } from '../apply/lease.js';
import { editedFields, payloadOf } from './edited-fields.js';
import type { KustomizationSnapshot } from './model/kustomization-snapshot.js';

/**
 * What is new in the source of fields that others set between releases too: it is not applied, and whoever committed it
 * is told so. What was queued is answered when its release ends.
 */
export function notAppliedEdits(
  snapshot: KustomizationSnapshot,
  objects: readonly UnknownObject[],
): readonly EventRecord[] {
  const queued = snapshot.object.status?.leased ?? [];
  return objects.flatMap((desired) => {
    const subject = subjectOf(desired);
    const isQueued = queued.some(({ object }) => object === subject);
    if (isQueued || snapshot.running.some((lease) => leasesOf(desired, [lease]).length > 0)) return [];
    const lasting = leasesOf(desired, snapshot.leases).flatMap(({ paths }) => paths);
    return notApplied(snapshot, desired, editedFields(snapshot.memory, desired, lasting));
  });
}

/** Of what was queued, those fields that stay as their holder has them although the release is over. */
export function endedEdits(
  snapshot: KustomizationSnapshot,
  objects: readonly UnknownObject[],
  before: readonly LeasedFields[],
  next: readonly LeasedFields[],
): readonly EventRecord[] {
  return before.flatMap(({ object, queued = [] }) => {
    if (next.some((each) => each.object === object)) return [];
    const built = objects.find((each) => subjectOf(each) === object);
    const desired = built ?? payloadOf(snapshot.memory, object);
    return desired === undefined ? [] : notApplied(snapshot, desired, queued);
  });
}

/** One event for each holder that keeps some of the fields as they are. */
function notApplied(
  { leases, watched, source }: KustomizationSnapshot,
  desired: UnknownObject,
  fields: readonly string[],
): readonly EventRecord[] {
  const live = watched.get(inventoryId(desired))?.object;
  if (live === undefined || fields.length === 0) return [];
  return leasesOf(desired, leases).flatMap(({ paths, holder = 'another controller' }) => {
    const kept = fields.filter(
      (field) => paths.includes(field) && !isEqual(withLeasedValues(desired, live, [field]), desired),
    );
    if (kept.length === 0) return [];
    const message =
      `${subjectOf(desired)}: the edit of ${kept.join(', ')} in ${source.artifact?.revision ?? ''} is not applied: ` +
      `${holder} sets what is there, release or not; take it out of the manifest`;
    return [{ type: 'Normal', reason: reasons.editNotApplied, message }];
  });
}
