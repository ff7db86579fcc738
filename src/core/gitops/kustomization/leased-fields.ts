import type { LeasedFields } from '#api/flux/kustomization.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { subjectOf } from '#core/kube/object.js';
import type { OwnedField } from '#core/traffic/owned-field.js';
import { inventoryId, parseInventoryEntry, subjectOfEntry } from '../apply/inventory.js';
import { editedFields } from './edited-fields.js';
import type { KustomizationMemory } from './model/kustomization-run.js';
import type { KustomizationSnapshot, RunningLease } from './model/kustomization-snapshot.js';
import { setLeased, type KustomizationDraft } from './model/kustomization-status.js';
import { endedEdits } from './not-applied.js';

/** The draft with what running releases have of the inventory, what is remembered of that, and what is new to tell. */
export interface LeasedStep {
  readonly draft: KustomizationDraft;
  readonly memory: Pick<KustomizationMemory, 'leased'>;
  readonly events: readonly EventRecord[];
}

/**
 * Lists what is leased. What was said once is not said again, so that a definition which does not keep the field costs
 * one write.
 * @param objects - what was built of a commit, when one was: an edit of a leased field among them is queued.
 */
export function listLeased(
  snapshot: KustomizationSnapshot,
  draft: KustomizationDraft,
  objects: readonly UnknownObject[] = [],
): LeasedStep {
  const next = leasedFields(snapshot, objects);
  const text = next.length === 0 ? '' : JSON.stringify(next);
  const before = snapshot.object.status?.leased ?? [];
  const isSaid = text === (snapshot.memory.leased ?? (before.length === 0 ? '' : JSON.stringify(before)));
  const memory = { leased: text };
  if (isSaid) return { draft, memory, events: [] };
  const events = [...queueEvents(snapshot, before, next), ...endedEdits(snapshot, objects, before, next)];
  return { draft: setLeased(draft, next), memory, events };
}

/** What was said before, for a pass that says nothing. */
export function leasedMemory({ memory: { leased } }: KustomizationSnapshot): LeasedStep['memory'] {
  return leased === undefined ? {} : { leased };
}

function leasedFields(
  { running, object, memory }: KustomizationSnapshot,
  objects: readonly UnknownObject[],
): readonly LeasedFields[] {
  const { inventory, leased = [] } = object.status ?? {};
  return (inventory?.entries ?? []).flatMap((entry) => {
    const ref = parseInventoryEntry(entry);
    const own = running.filter((lease) => ref !== undefined && isOf(lease, ref));
    const [first] = own;
    if (first === undefined) return [];
    const subject = subjectOfEntry(entry);
    const fields = [...new Set(own.flatMap(({ paths, returning = [] }) => [...paths, ...returning]))];
    const known = leased.find((each) => each.object === subject)?.queued ?? [];
    const edited = editedFields(
      memory,
      objects.find((each) => inventoryId(each) === entry.id),
      fields,
    );
    const queued = fields.filter((field) => known.includes(field) || edited.includes(field));
    const note = `${first.holder} has them while its release runs; returns after promotion`;
    return [{ object: subject, fields, note, ...(queued.length === 0 ? {} : { queued }) }];
  });
}

function isOf(
  lease: RunningLease,
  ref: { readonly group: string; readonly kind: string; readonly namespace?: string; readonly name: string },
): boolean {
  const isPlace = lease.namespace === (ref.namespace ?? '') && lease.name === ref.name;
  return isPlace && lease.group === ref.group && lease.kind === ref.kind;
}

function subjectOfLease({ kind, namespace, name }: OwnedField): string {
  return subjectOf({ kind, metadata: { name, ...(namespace === '' ? {} : { namespace }) } });
}

function queueEvents(
  { source, leases }: KustomizationSnapshot,
  before: readonly LeasedFields[],
  next: readonly LeasedFields[],
): readonly EventRecord[] {
  return next.flatMap(({ object, queued = [], note }) => {
    const known = before.find((each) => each.object === object)?.queued ?? [];
    const fresh = queued.filter((field) => !known.includes(field));
    if (fresh.length === 0) return [];
    const revision = source.artifact?.revision ?? '';
    const lasting = leases.filter((lease) => subjectOfLease(lease) === object).flatMap(({ paths }) => paths);
    const after = fresh.some((field) => lasting.includes(field)) ? '; it sets them between releases too' : '';
    const message = `${object}: the edit of ${fresh.join(', ')} in ${revision} is queued: ${note}${after}`;
    return [{ type: 'Normal', reason: reasons.editQueued, message }];
  });
}
