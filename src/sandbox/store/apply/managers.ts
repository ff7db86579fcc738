import type { ManagedFieldsEntry, UnknownObject } from '#api/k8s/meta.js';
import { isEqual } from '#core/json/json.js';
import { formatInstant } from '#core/time/instant.js';
import type { ApiRequest } from '../request.js';
import { apiVersionOfResource, type Resource } from '../resource-type.js';
import type { View } from '../view.js';
import {
  difference,
  emptySet,
  fromFieldsV1,
  insertPath,
  isEmptySet,
  toFieldsV1,
  type FieldSet,
} from './field-set.js';

/** One field manager of an object and the fields that it owns. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fields: FieldSet;
}

/** The managers of one object by {@link managerId}. */
export type Managers = ReadonlyMap<string, Manager>;

/** Two entries with one id are one manager: an applier is the same in every version. */
export function managerId(manager: Omit<Manager, 'fields' | 'time'>): string {
  const version = manager.operation === 'Update' ? manager.apiVersion : '';
  return JSON.stringify([manager.manager, manager.operation, version, manager.subresource ?? '']);
}

/** Who a request is, as a manager that owns nothing yet. */
export function managerOf(resource: Resource, request: ApiRequest, operation: 'Apply' | 'Update'): Manager {
  const byAgent = (request.userAgent ?? '').split('/', 1)[0] ?? '';
  const named = request.query?.['fieldManager'];
  return {
    manager: named !== undefined && named !== '' ? named : byAgent === '' ? 'unknown' : byAgent,
    operation,
    apiVersion: apiVersionOfResource(resource),
    ...(request.subresource === undefined ? {} : { subresource: request.subresource }),
    fields: emptySet,
  };
}

/** Reads managedFields; entries without fields are left out. */
export function readManagers(object: UnknownObject | undefined): Managers {
  const managers = new Map<string, Manager>();
  for (const entry of object?.metadata.managedFields ?? []) {
    if (entry.fieldsV1 === undefined || entry.operation === undefined) continue;
    const manager: Manager = {
      manager: entry.manager ?? '',
      operation: entry.operation,
      apiVersion: entry.apiVersion ?? '',
      ...(entry.subresource === undefined ? {} : { subresource: entry.subresource }),
      ...(entry.time === undefined ? {} : { time: entry.time }),
      fields: fromFieldsV1(entry.fieldsV1),
    };
    managers.set(managerId(manager), manager);
  }
  return managers;
}

/** managedFields of the managers that own anything; those whose fields did not change keep their time. */
export function writeManagers(
  view: View,
  managers: Managers,
  before: Managers,
): readonly ManagedFieldsEntry[] | undefined {
  const now = formatInstant(view.now);
  const entries = [...managers].flatMap(([id, manager]): readonly ManagedFieldsEntry[] => {
    const fields = difference(manager.fields, neverOwned);
    if (isEmptySet(fields)) return [];
    const fieldsV1 = toFieldsV1(fields);
    const known = before.get(id);
    const isSame =
      known !== undefined &&
      isEqual(toFieldsV1(known.fields), fieldsV1) &&
      known.apiVersion === manager.apiVersion;
    const time = isSame ? (known.time ?? now) : now;
    const { manager: name, operation, apiVersion, subresource } = manager;
    const entry = { manager: name, operation, apiVersion, time, fieldsType: 'FieldsV1', fieldsV1 } as const;
    return [subresource === undefined ? entry : { ...entry, subresource }];
  });
  return entries.length === 0 ? undefined : entries.sort(compareEntries);
}

function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  const keyOf = (e: ManagedFieldsEntry): string =>
    [e.operation, e.time, e.manager, e.apiVersion, e.subresource ?? ''].join('\u0000');
  return keyOf(a) < keyOf(b) ? -1 : 1;
}

const serverFields = [
  'creationTimestamp',
  'generation',
  'managedFields',
  'name',
  'namespace',
  'resourceVersion',
  'selfLink',
  'uid',
];

const neverOwned: FieldSet = [
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...serverFields.map((field) => ['f:metadata', `f:${field}`]),
].reduce(insertPath, emptySet);
