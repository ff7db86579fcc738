import type { UnknownObject } from '#api/k8s/meta.js';
import { deepFreeze } from '#core/json/json.js';
import { formatInstant } from '#core/time/instant.js';
import { isTrue, type ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import { alreadyExists, badRequest, forbidden, invalid, notFound, StatusError } from '../status.js';
import { nameSuffixOf, uidOf } from '../uid.js';
import { namespaceKey, present, type Outcome, type View } from '../view.js';
import { trackUpdate } from '../apply/track.js';
import { validate } from './admit.js';
import { decode } from './decode.js';
import { withMetadata, without } from './metadata.js';

/** Decides a `create`. */
export function create(view: View, resource: Resource, request: ApiRequest): Outcome {
  const { object, warnings } = decode(resource, request.body, request);
  if (request.name !== undefined && object.metadata.name === undefined)
    return createObject(view, resource, request, withMetadata(object, { name: request.name }), warnings);
  return createObject(view, resource, request, object, warnings);
}

/** Decides the creation of a decoded object; `track` records its managers (default: as an update by the requester). */
export function createObject(
  view: View,
  resource: Resource,
  request: ApiRequest,
  decoded: UnknownObject,
  warnings: readonly string[],
): Outcome {
  const { type } = resource;
  const named = withIdentity(view, resource, request, decoded);
  const tracked =
    named.metadata.managedFields === undefined
      ? trackUpdate(view, resource, request, undefined, named)
      : named;
  const peers = (): readonly UnknownObject[] => view.table.list(type.storageKey, undefined);
  const prepared = type.rules.prepareCreate?.(tracked, peers) ?? tracked;
  validate(resource, prepared, undefined);
  const { namespace, name } = prepared.metadata;
  const taken = view.table.get(type.storageKey, namespaceKey(resource, namespace), name);
  if (taken !== undefined) throw alreadyExists(type, name, taken.metadata.deletionTimestamp !== undefined);
  const isDryRun = isDry(request);
  const version = isDryRun ? undefined : String(view.table.version + 1);
  const stamped = withMetadata(prepared, { resourceVersion: version });
  const stored = deepFreeze(type.rules.toStored?.(stamped) ?? stamped);
  return {
    response: { code: 201, body: present(resource, stored), warnings },
    ...(isDryRun ? {} : { change: { storageKey: type.storageKey, after: stored } }),
  };
}

/** Whether nothing is to be written. */
export function isDry(request: ApiRequest): boolean {
  const { dryRun } = request.query ?? {};
  if (dryRun !== undefined && dryRun !== 'All')
    throw badRequest(`Invalid value: ${JSON.stringify(dryRun)}: valid values: "All"`);
  return dryRun === 'All';
}

function withIdentity(
  view: View,
  resource: Resource,
  request: ApiRequest,
  object: UnknownObject,
): UnknownObject {
  const { type } = resource;
  const { metadata } = object;
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== '')
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  const namespace = type.namespaced ? checkNamespace(view, resource, request, object) : undefined;
  const name = metadata.name ?? generateName(view, resource, namespace, metadata.generateName);
  if (name === undefined || name === '')
    throw invalid(type, '', [
      {
        reason: 'FieldValueRequired',
        field: 'metadata.name',
        message: 'Required value: name or generateName is required',
      },
    ]);
  const clean = type.hasStatus ? withEmptyStatus(resource, object) : object;
  return withMetadata(clean, {
    name,
    namespace,
    uid: uidOf(view.seed, view.table.version + 1),
    resourceVersion: undefined,
    creationTimestamp: formatInstant(view.now),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    generation: type.generation === 'none' ? undefined : 1,
  });
}

/** A new object has no status; built-in kinds show an empty one. */
function withEmptyStatus(resource: Resource, object: UnknownObject): UnknownObject {
  const clean = without(object, 'status');
  return resource.type.isCustom ? clean : { ...clean, status: {} };
}

function checkNamespace(view: View, resource: Resource, request: ApiRequest, object: UnknownObject): string {
  const wanted = request.namespace ?? object.metadata.namespace ?? '';
  if (object.metadata.namespace !== undefined && object.metadata.namespace !== wanted)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const found = view.table.get('namespaces', '', wanted);
  if (found === undefined) throw notFound({ group: '', plural: 'namespaces' }, wanted);
  if (found.metadata.deletionTimestamp !== undefined && !isTrue(request.query?.['dryRun'])) {
    const why = `unable to create new content in namespace ${wanted} because it is being terminated`;
    const cause = {
      reason: 'NamespaceTerminating',
      message: `namespace ${wanted} is being terminated`,
      field: 'metadata.namespace',
    };
    throw forbidden(resource.type, object.metadata.name ?? object.metadata.generateName ?? '', why, [cause]);
  }
  return wanted;
}

function generateName(
  view: View,
  resource: Resource,
  namespace: string | undefined,
  prefix: string | undefined,
): string | undefined {
  if (prefix === undefined || prefix === '') return undefined;
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const name = prefix.slice(0, 58) + nameSuffixOf(view.seed, view.table.version, attempt);
    if (view.table.get(resource.type.storageKey, namespaceKey(resource, namespace), name) === undefined)
      return name;
  }
  return undefined;
}
