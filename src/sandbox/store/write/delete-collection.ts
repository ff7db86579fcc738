import type { UnknownObject } from '#api/k8s/meta.js';
import type { ApiRequest, ApiResponse } from '../request.js';
import type { ObjectListBody } from '../read/list.js';

/** Deletes what a list of the same request gives, one by one, and answers with that list. */
export function deleteCollection(
  store: { handle(request: ApiRequest): ApiResponse },
  request: ApiRequest,
): ApiResponse {
  const { body: options, ...rest } = request;
  const listed = store.handle({ ...rest, verb: 'list' });
  if (listed.code !== 200) return listed;
  const { items } = listed.body as ObjectListBody;
  for (const item of items) store.handle(deletionOf(rest, item, options));
  return listed;
}

function deletionOf(request: ApiRequest, item: UnknownObject, options: unknown): ApiRequest {
  const { namespace, name } = item.metadata;
  return {
    ...request,
    verb: 'delete',
    ...(namespace === undefined ? {} : { namespace }),
    name,
    body: options,
  };
}
