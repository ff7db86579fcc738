import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { isTrue, type ApiRequest } from '../request.js';
import { apiVersionOfResource, type Resource } from '../resource-type.js';
import { badRequest, invalid } from '../status.js';
import { present, type Outcome, type View } from '../view.js';
import { createObject } from '../write/create.js';
import { decode, decodeSparse } from '../write/decode.js';
import { withMetadata } from '../write/metadata.js';
import { replace } from '../write/replace.js';
import { fieldsOf } from './collect.js';
import { applyConflict } from './conflict.js';
import { difference, emptySet, isEmptySet, union, type FieldSet } from './field-set.js';
import {
  managerId,
  managerOf,
  readManagers,
  writeManagers,
  type Manager,
  type Managers,
} from './managers.js';
import { mergeApplied } from './merge.js';
import { pruneApplied } from './prune-applied.js';
import { compareObjects, conflictsOf, untracked, withoutChanges } from './track.js';

/** Decides a server-side apply: merges the configuration, removes what it no longer names, records its fields. */
export function applyConfiguration(
  view: View,
  resource: Resource,
  request: ApiRequest,
  stored: UnknownObject | undefined,
): Outcome {
  checkOptions(request);
  const { object: config, warnings } = decodeSparse(resource, restrict(resource, request), request);
  checkNames(config, request);
  if (stored === undefined && request.subresource !== undefined)
    throw badRequest('the object to apply a subresource of does not exist');
  const live = stored === undefined ? undefined : present(resource, stored);
  const { object, managers } = applyTo(resource, request, live, config);
  const decoded = decode(resource, object, { ...request, query: {} }).object;
  const managedFields = writeManagers(view, managers, readManagers(live));
  const { uid, resourceVersion } = config.metadata;
  const tracked = withMetadata(decoded, { managedFields, uid, resourceVersion });
  return stored === undefined
    ? createObject(view, resource, request, tracked, warnings)
    : replace(view, resource, request, stored, { object: tracked, warnings, isTracked: true });
}

function applyTo(
  resource: Resource,
  request: ApiRequest,
  live: UnknownObject | undefined,
  config: UnknownObject,
): { readonly object: UnknownObject; readonly managers: Managers } {
  const schema = resource.type.schemaOf(resource.version);
  const applied = withMetadata(config, { uid: undefined, resourceVersion: undefined });
  const base = live === undefined ? undefined : untracked(live);
  const before = readManagers(live);
  const self = { ...managerOf(resource, request, 'Apply'), fields: fieldsOf(schema, applied) };
  const id = managerId(self);
  const managers = new Map(before).set(id, self);
  const managed = [...managers.values()].reduce<FieldSet>((all, one) => union(all, one.fields), emptySet);
  const merged = mergeApplied(schema, base, applied);
  const pruned = pruneApplied(schema, merged, before.get(id)?.fields, managed);
  const object = mergeApplied(schema, pruned, applied) as UnknownObject;
  const compared = compareObjects(resource, base, object);
  const conflicts = withoutLastApplied(resource, self, live, conflictsOf(managers, id, compared));
  if (conflicts.size > 0 && !isTrue(request.query?.['force'] ?? 'false')) throw applyConflict(conflicts);
  for (const [other, manager] of managers)
    if (other !== id) managers.set(other, withoutChanges(manager, compared));
  return { object, managers };
}

/**
 * kubectl may take over what it had applied itself on the client's side: fields of its last-applied annotation are no
 * conflicts for the manager `kubectl`.
 */
function withoutLastApplied(
  resource: Resource,
  self: Manager,
  live: UnknownObject | undefined,
  conflicts: ReadonlyMap<Manager, FieldSet>,
): ReadonlyMap<Manager, FieldSet> {
  const last = live?.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  if (self.manager !== 'kubectl' || last === undefined) return conflicts;
  const own = fieldsOf(resource.type.schemaOf(resource.version), JSON.parse(last));
  const left = [...conflicts].map(([manager, fields]) => [manager, difference(fields, own)] as const);
  return new Map(left.filter(([, fields]) => !isEmptySet(fields)));
}

/** The endpoint of an object does not apply its status, the endpoint of the status nothing else. */
function restrict(resource: Resource, request: ApiRequest): JsonObject {
  if (!isObject(request.body)) throw badRequest('the applied configuration is not an object');
  if (!resource.type.hasStatus) return request.body;
  const { status, metadata, ...rest } = request.body;
  if (request.subresource !== 'status') return { ...rest, metadata };
  const { name, namespace, uid, resourceVersion } = isObject(metadata) ? metadata : {};
  const typed = { apiVersion: apiVersionOfResource(resource), kind: resource.type.kind };
  return { ...typed, metadata: { name, namespace, uid, resourceVersion }, status };
}

function checkOptions(request: ApiRequest): void {
  if ((request.query?.['fieldManager'] ?? '') === '')
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
      {
        reason: 'FieldValueRequired',
        field: 'fieldManager',
        message: 'Required value: is required for apply patch',
      },
    ]);
}

function checkNames(config: UnknownObject, request: ApiRequest): void {
  const { name, namespace, managedFields } = config.metadata;
  if (managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  if (name !== undefined && name !== request.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${request.name})`);
  if (namespace !== undefined && namespace !== request.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}
