import type { UnknownObject } from '#api/k8s/meta.js';
import type { ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import { badRequest, notFound } from '../status.js';
import { namespaceKey, type Outcome, type View } from '../view.js';
import { createObject } from './create.js';
import { decode } from './decode.js';
import { withMetadata } from './metadata.js';
import { replace } from './replace.js';

/** Decides a PUT on an object or its status. */
export function update(view: View, resource: Resource, request: ApiRequest): Outcome {
  const { type } = resource;
  const { object: read, warnings } = decode(resource, request.body, request);
  const wanted = request.name ?? '';
  const object = read.metadata.name === undefined ? withMetadata(read, { name: wanted }) : read;
  if (object.metadata.name !== wanted)
    throw badRequest(
      `the name of the object (${object.metadata.name}) does not match the name on the URL (${wanted})`,
    );
  if (
    type.namespaced &&
    object.metadata.namespace !== undefined &&
    object.metadata.namespace !== request.namespace
  )
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const stored = view.table.get(type.storageKey, namespaceKey(resource, request.namespace), wanted);
  if (stored !== undefined) return replace(view, resource, request, stored, { object, warnings });
  if (!type.allowsCreateOnUpdate || request.subresource !== undefined) throw notFound(type, wanted);
  return createObject(view, resource, request, object, warnings);
}

/** The stored object that a request names; throws NotFound. */
export function storedObject(view: View, resource: Resource, request: ApiRequest): UnknownObject {
  const { type } = resource;
  const name = request.name ?? '';
  const stored = view.table.get(type.storageKey, namespaceKey(resource, request.namespace), name);
  if (stored === undefined) throw notFound(type, name);
  return stored;
}
