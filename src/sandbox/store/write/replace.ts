import type { UnknownObject } from '#api/k8s/meta.js';
import { deepFreeze, isEqual } from '#core/json/json.js';
import { trackUpdate } from '../apply/track.js';
import { invalidValue } from '../causes.js';
import type { ApiRequest, Verb } from '../request.js';
import type { Resource } from '../resource-type.js';
import { conflict, invalid, qualifiedName, uidConflict, type StatusError } from '../status.js';
import { present, type Outcome, type View } from '../view.js';
import { keepsGeneration, validate } from './admit.js';
import { isDry } from './create.js';
import { withMetadata } from './metadata.js';

/** A wanted next state, not yet judged. */
export interface Candidate {
  readonly object: UnknownObject;
  readonly warnings: readonly string[];
  /** Whether its managedFields are final (server-side apply); else they are recorded as an update by the requester. */
  readonly isTracked?: boolean;
}

/** Decides the replacement of a stored object by a candidate, on the object itself or its status. */
export function replace(
  view: View,
  resource: Resource,
  request: ApiRequest,
  stored: UnknownObject,
  candidate: Candidate,
): Outcome {
  const old = present(resource, stored);
  checkPreconditions(resource, candidate.object, old, request.verb);
  const restricted =
    request.subresource === 'status'
      ? statusOnly(resource, candidate.object, old)
      : mainOnly(resource, candidate.object, old);
  const kept = withMetadata(restricted, {
    name: old.metadata.name,
    namespace: old.metadata.namespace,
    uid: old.metadata.uid,
    generateName: old.metadata.generateName,
    creationTimestamp: old.metadata.creationTimestamp,
    deletionTimestamp: old.metadata.deletionTimestamp,
    deletionGracePeriodSeconds: old.metadata.deletionGracePeriodSeconds,
    generation: old.metadata.generation,
    resourceVersion: old.metadata.resourceVersion,
  });
  const prepared = resource.type.rules.prepareUpdate?.(kept, old) ?? kept;
  const raised = keepsGeneration(resource, prepared, old)
    ? prepared
    : withMetadata(prepared, { generation: (old.metadata.generation ?? 0) + 1 });
  const tracked = candidate.isTracked === true ? raised : trackUpdate(view, resource, request, old, raised);
  validate(resource, tracked, old);
  return settle(view, resource, request, stored, { ...candidate, object: tracked });
}

/** Stores a judged next state, or removes the object when nothing holds it any more, or does nothing when nothing changed. */
export function settle(
  view: View,
  resource: Resource,
  request: ApiRequest,
  stored: UnknownObject,
  { object, warnings }: Candidate,
): Outcome {
  const old = present(resource, stored);
  if (isEqual(withoutTimes(object), withoutTimes(old)))
    return { response: { code: 200, body: old, warnings } };
  const isDryRun = isDry(request);
  const { storageKey, rules } = resource.type;
  const version = isDryRun ? old.metadata.resourceVersion : String(view.table.version + 1);
  const stamped = withMetadata(object, { resourceVersion: version });
  const next = deepFreeze(rules.toStored?.(stamped) ?? stamped);
  const response = { code: 200, body: present(resource, next), warnings };
  if (isDryRun) return { response };
  if (isReleased(next)) return { response, change: { storageKey, before: stored, removed: next } };
  return { response, change: { storageKey, before: stored, after: next } };
}

/** Whether a deleted object has lost its last finalizer and need not wait. */
function isReleased(object: UnknownObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0 || deletionGracePeriodSeconds > 0)
    return false;
  return object.kind !== 'Namespace' || !hasNamespaceFinalizers(object);
}

/** Whether a namespace still waits for its content to go. */
export function hasNamespaceFinalizers(object: UnknownObject): boolean {
  const spec = object['spec'] as { readonly finalizers?: readonly string[] } | undefined;
  return (spec?.finalizers ?? []).length > 0;
}

function withoutTimes(object: UnknownObject): unknown {
  const { managedFields, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, managedFields: managedFields?.map((entry) => ({ ...entry, time: '' })) },
  };
}

/** Refuses what was decided on another object or another version. */
export function checkPreconditions(
  resource: Resource,
  next: UnknownObject,
  old: UnknownObject,
  verb: Verb,
): void {
  const { name } = old.metadata;
  const { uid, resourceVersion } = next.metadata;
  if (uid !== undefined && uid !== '' && uid !== old.metadata.uid) throw otherUid(resource, old, uid, verb);
  const isMissing = resourceVersion === undefined || resourceVersion === '';
  if (isMissing && verb === 'update' && !resource.type.allowsUnconditionalUpdate)
    throw invalid({ group: '', kind: qualifiedName(resource.type) }, name, [
      invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  if (!isMissing && resourceVersion !== old.metadata.resourceVersion) throw conflict(resource.type, name);
}

/** A PUT finds another object stored; a PATCH seems to change the uid. */
function otherUid(resource: Resource, old: UnknownObject, uid: string, verb: Verb): StatusError {
  if (verb !== 'patch') return uidConflict(resource.type, old, uid);
  return invalid(resource.type, old.metadata.name, [invalidValue('metadata.uid', uid, 'field is immutable')]);
}

function mainOnly(resource: Resource, next: UnknownObject, old: UnknownObject): UnknownObject {
  if (!resource.type.hasStatus) return next;
  const { status: _status, ...rest } = next;
  return old['status'] === undefined ? rest : { ...rest, status: old['status'] };
}

function statusOnly(resource: Resource, next: UnknownObject, old: UnknownObject): UnknownObject {
  const { status: _status, ...rest } = old;
  const { managedFields } = next.metadata;
  const own = resource.type.isCustom ? {} : pickAnnotations(next);
  const { metadata } = withMetadata(old, { managedFields, ...own });
  const object = { ...rest, metadata } as UnknownObject;
  return next['status'] === undefined ? object : { ...object, status: next['status'] };
}

/** The status endpoints of built-in kinds let annotations through, those of custom kinds nothing. */
function pickAnnotations(next: UnknownObject): { readonly annotations?: Readonly<Record<string, string>> } {
  return next.metadata.annotations === undefined ? {} : { annotations: next.metadata.annotations };
}
