import type { ApiRequest } from './request.js';
import type { Resource } from './resource-type.js';
import { list } from './read/list.js';
import { methodNotAllowed, noSuchResource, StatusError } from './status.js';
import { present, type Outcome, type View } from './view.js';
import { checkAccess } from './access.js';
import { create } from './write/create.js';
import { remove } from './write/delete.js';
import { evict } from './write/evict.js';
import { finalize } from './write/finalize.js';
import { patch } from './write/patch.js';
import { requestToken } from './write/token-request.js';
import { review } from './write/review.js';
import { readScale, writeScale } from './write/scale.js';
import { storedObject, update } from './write/update.js';

/**
 * The API server as a function: a request against a view of the state gives the answer and at most one change.
 * Nothing is changed here; expected refusals are answers, not exceptions.
 */
export function reduce(view: View, request: ApiRequest): Outcome {
  try {
    const resource = resourceOf(view, request);
    checkAccess(view, request);
    return route(view, resource, request);
  } catch (thrown) {
    // Only the store's own refusals are answers; anything else is a fault of ours and goes on.
    if (!(thrown instanceof StatusError)) throw thrown;
    return { response: { code: thrown.status.code, body: thrown.status } };
  }
}

/** The kind that a request is about; throws the 404 of an unknown path. */
export function resourceOf(view: View, request: ApiRequest): Resource {
  const resource = view.registry.find(request.group, request.version, request.resource);
  if (resource === undefined) throw noSuchResource();
  if (resource.type.createOnly && request.verb !== 'create') throw methodNotAllowed();
  return resource;
}

function route(view: View, resource: Resource, request: ApiRequest): Outcome {
  if (request.subresource !== undefined && request.subresource !== 'status')
    return routeSubresource(view, resource, request, request.subresource);
  if (request.subresource === 'status' && !resource.type.hasStatus) throw noSuchResource();
  switch (request.verb) {
    case 'get':
      return { response: { code: 200, body: present(resource, storedObject(view, resource, request)) } };
    case 'list':
      return { response: { code: 200, body: list(view, resource, request) } };
    case 'create':
      return resource.type.createOnly ? review(view, resource, request) : create(view, resource, request);
    case 'update':
      return update(view, resource, request);
    case 'patch':
      return patch(view, resource, request);
    case 'delete':
      return remove(view, resource, request);
    case 'watch':
    case 'deletecollection':
      throw methodNotAllowed();
  }
}

function routeSubresource(view: View, resource: Resource, request: ApiRequest, name: string): Outcome {
  const { type } = resource;
  if (name === 'scale' && type.scale !== undefined)
    return request.verb === 'get' ? readScale(view, resource, request) : writeScale(view, resource, request);
  if (!type.otherSubresources.includes(name)) throw noSuchResource();
  if (name === 'eviction' && request.verb === 'create') return evict(view, resource, request);
  if (name === 'token' && request.verb === 'create') return requestToken(view, resource, request);
  if (name === 'finalize' && request.verb === 'update') return finalize(view, resource, request);
  throw methodNotAllowed();
}
