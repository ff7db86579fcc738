import type { UnknownObject } from '#api/k8s/meta.js';
import { applyMergePatch, isObject } from '#core/json/json.js';
import { applyConfiguration } from '../apply/configuration.js';
import { applyJsonPatch } from '../patch/json-patch.js';
import { applyStrategicPatch } from '../patch/strategic.js';
import type { ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import { badRequest, invalid, notFound, StatusError } from '../status.js';
import { namespaceKey, present, type Outcome, type View } from '../view.js';
import { decode } from './decode.js';
import { replace } from './replace.js';

/** Decides a PATCH of any of the four types on an object or its status. */
export function patch(view: View, resource: Resource, request: ApiRequest): Outcome {
  const { type } = resource;
  const name = request.name ?? '';
  const stored = view.table.get(type.storageKey, namespaceKey(resource, request.namespace), name);
  if (request.patchType === 'apply') return applyConfiguration(view, resource, request, stored);
  if (stored === undefined) throw notFound(type, name);
  const old = present(resource, stored);
  const changed = patched(resource, request, old);
  if (!isObject(changed)) throw badRequest('the patched value is not an object');
  const { object, warnings } = decode(resource, changed, request);
  refuseRename(resource, object, old);
  return replace(view, resource, request, stored, { object, warnings });
}

/** The object after a json, merge or strategic patch; throws for a patch that cannot be applied. */
function patched(resource: Resource, request: ApiRequest, old: UnknownObject): unknown {
  switch (request.patchType) {
    case 'json':
      return applyJsonPatch(resource, old, request.body);
    case 'strategic':
      if (resource.type.isCustom)
        throw new StatusError(
          415,
          'UnsupportedMediaType',
          'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
        );
      return applyStrategicPatch(resource.type.schemaOf(resource.version), old, request.body);
    case 'merge':
    case 'apply':
    case undefined:
      if (!isObject(request.body)) throw badRequest('the merge patch is not an object');
      return applyMergePatch(old, request.body);
  }
}

function refuseRename(resource: Resource, next: UnknownObject, old: UnknownObject): void {
  const { name, namespace } = next.metadata;
  if (name !== old.metadata.name)
    throw invalid(resource.type, old.metadata.name, [
      {
        reason: 'FieldValueInvalid',
        field: 'metadata.name',
        message: `Invalid value: ${JSON.stringify(name)}: field is immutable`,
      },
    ]);
  if (namespace !== old.metadata.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}
