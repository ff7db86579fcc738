import type { UnknownObject } from '#api/k8s/meta.js';
import type { ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import type { View } from '../view.js';
import { withMetadata } from '../write/metadata.js';
import { compareFields, type Comparison } from './collect.js';
import { difference, intersection, isEmptySet, union, type FieldSet } from './field-set.js';
import {
  managerId,
  managerOf,
  readManagers,
  writeManagers,
  type Manager,
  type Managers,
} from './managers.js';

/** The object with the managers of its fields brought up to date after an update by the requester. */
export function trackUpdate(
  view: View,
  resource: Resource,
  request: ApiRequest,
  old: UnknownObject | undefined,
  next: UnknownObject,
): UnknownObject {
  const sent = next.metadata.managedFields;
  if (sent?.length === 1 && sent[0]?.fieldsV1 === undefined)
    return withMetadata(next, { managedFields: undefined });
  const before = readManagers(old);
  const known = sent === undefined ? before : readManagers(next);
  const compared = compareObjects(resource, old, next);
  const self = managerOf(resource, request, 'Update');
  const id = managerId(self);
  const managers = new Map(known);
  for (const [other, manager] of known)
    if (other !== id) managers.set(other, withoutChanges(manager, compared));
  const own = managers.get(id)?.fields ?? self.fields;
  const fields = union(union(difference(own, compared.removed), compared.modified), compared.added);
  managers.set(id, { ...self, fields });
  return withMetadata(next, { managedFields: writeManagers(view, managers, before) });
}

/** How two states of an object differ; an absent one is empty. */
export function compareObjects(
  resource: Resource,
  old: UnknownObject | undefined,
  next: UnknownObject,
): Comparison {
  const schema = resource.type.schemaOf(resource.version);
  return compareFields(schema, old === undefined ? {} : untracked(old), untracked(next));
}

/** An object without managedFields, which nobody owns. */
export function untracked(object: UnknownObject): UnknownObject {
  return object.metadata.managedFields === undefined
    ? object
    : withMetadata(object, { managedFields: undefined });
}

/** What each other manager would lose by a change. */
export function conflictsOf(
  managers: Managers,
  self: string,
  compared: Comparison,
): ReadonlyMap<Manager, FieldSet> {
  const touched = union(compared.modified, compared.added);
  const conflicts = new Map<Manager, FieldSet>();
  for (const [id, manager] of managers) {
    const lost = intersection(manager.fields, touched);
    if (id !== self && !isEmptySet(lost)) conflicts.set(manager, lost);
  }
  return conflicts;
}

/** A manager after somebody else has made a change: what was changed or removed is no longer its own. */
export function withoutChanges(manager: Manager, compared: Comparison): Manager {
  const lost = union(union(compared.modified, compared.added), compared.removed);
  return { ...manager, fields: difference(manager.fields, lost) };
}
